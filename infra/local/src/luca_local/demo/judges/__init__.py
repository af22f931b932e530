"""The judges: pure functions over what was collected, which believe no service's word about itself."""
