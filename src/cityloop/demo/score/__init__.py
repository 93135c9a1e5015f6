"""Detection of the platform against the truth of the made city: precision, recall and delay (R01).

The truth lies beside the platform's data (`CITYLOOP_HOME/demo/truth.jsonl`); only this feature reads it.
"""
