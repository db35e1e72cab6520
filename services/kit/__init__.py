"""The consumers' kit: a small package for whoever follows Rectify's events, installed alone and knowing no service.

`pip install ./services/kit` installs it without anything else of Rectify, and without any other package.
"""
