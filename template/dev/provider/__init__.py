"""The sandbox: payment provider, carrier and mail server in one process, which counts effects and requests.

Knows neither Restate nor the app: they meet over HTTP only, as with the real ones.
"""
