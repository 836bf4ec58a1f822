"""Gold questions, metrics, significance, reports, calibration."""
