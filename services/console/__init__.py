"""Console: the command `rectify`, with which an operator starts, feeds and watches the house.

It owns nothing and decides nothing. In the embedded mode it is the parent of every process: the store, the services
and the portal; on its death they die. Everything else it asks at the services' doors, as anyone would, with claims
signed by the deployment's secret: who can read that file is an operator.
"""
