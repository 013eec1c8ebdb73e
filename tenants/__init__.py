"""Who is served: tenants, their scope, storage, jobs and audit."""
