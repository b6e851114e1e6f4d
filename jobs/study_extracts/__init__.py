"""The job study_extracts: the study's declaration, its tables, the register, what leaves."""
