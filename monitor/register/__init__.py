"""The register: the organisation, its units, people and channels, and the decisions they rest on."""
