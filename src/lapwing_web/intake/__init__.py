"""Reports as received: the bytes, the receipts, the versions and the companies they came from."""
