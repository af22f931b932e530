"""The local stand-in for API Gateway: who asks is verified here, events go to the queue, the rest is handed on."""
