"""What Luca's services share: the AWS client, tenant isolation, the table's records and the service runtime."""
