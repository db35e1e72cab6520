"""The rooms of Rectify: one folder a service, and the spine they stand on."""
