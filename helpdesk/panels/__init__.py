"""Pages that span floors: dashboards, the owner's management, navigation. Owns no model."""
