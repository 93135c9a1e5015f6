"""Quality flags: every observation is good, suspect or bad, with the reasons kept beside it (R06, R08).

For everybody who draws a conclusion from a measurement. The tests follow the idea of IOOS QARTOD (gross range, rate of
change, flat line), with flags for late and doubled rows. Nothing is deleted or altered.
Source: U.S. IOOS, QARTOD manuals for real-time quality control: gross range, rate of change and flat line tests.
"""
