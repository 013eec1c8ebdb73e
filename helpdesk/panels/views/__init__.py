"""Pages that span floors: home, dashboards, and every owner's page about a lower floor."""
