"""`python -m duty`."""

from duty.main import main

main()
