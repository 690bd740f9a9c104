"""One file per act of identity; `preuve` and `emission` hold the steps that two acts share."""
