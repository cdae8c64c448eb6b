"""Cases, sealed notes, handover."""
