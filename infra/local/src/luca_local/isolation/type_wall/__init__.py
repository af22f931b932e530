"""The second wall alone: everybody signs as somebody who may do everything, and only ids and keys are in the way."""
