"""What the bridges to all production codes share: processes with a limit, entries with a checksum, refusals."""
