"""What lies in the folder of a run: its records, plan and ledger, and whether all is as it was written."""
