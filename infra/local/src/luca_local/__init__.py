"""The whole of Luca on one machine: emulator, deployment, edge and demo schools."""
