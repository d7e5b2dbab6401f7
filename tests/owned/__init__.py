"""The contract of owned resources, which every kind keeps."""
