"""Addresses of the pages over several floors. /manage/ is the owner's (S3)."""

from django.urls import path

from .views import (
    audit,
    contracts,
    customers,
    dashboards,
    departments,
    home,
    imports,
    personnel,
    settings,
    staff,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", home.health, name="health"),
    path("brand/logo.png", settings.brand_logo, name="brand_logo"),
    path("desk/", dashboards.desk, name="desk"),
    path("manage/", dashboards.manage, name="manage"),
    path("manage/departments/", departments.departments, name="manage_departments"),
    path("manage/departments/<int:pk>/", departments.department, name="manage_department"),
    path("manage/departments/<int:pk>/customers/", departments.chosen, name="manage_department_customers"),
    path("manage/staff/", staff.staff, name="manage_staff"),
    path("manage/staff/<uuid:public_id>/", staff.person, name="manage_person"),
    path("manage/customers/", customers.customers, name="manage_customers"),
    path("manage/customers/<int:pk>/", customers.customer, name="manage_customer"),
    path("manage/customers/import/", imports.import_start, name="manage_import"),
    path("manage/customers/import/template.xlsx", imports.import_template, name="manage_import_template"),
    path("manage/customers/import/<uuid:public_id>/", imports.import_job, name="manage_import_job"),
    path("manage/customers/export/", imports.customers_export, name="manage_customers_export"),
    path("manage/audit/", audit.entries, name="manage_audit"),
    path("manage/audit/export/", audit.export, name="manage_audit_export"),
    path("manage/customers/<int:pk>/contract/", contracts.customer_contract, name="manage_customer_contract"),
    path("manage/contracts/", contracts.listed, name="manage_contracts"),
    path("manage/settings/", settings.settings, name="manage_settings"),
    path("manage/settings/logo/", settings.logo, name="manage_logo"),
    path("portal/people/", personnel.people_page, name="personnel"),
    path("portal/people/add/", personnel.add, name="personnel_add"),
    path("portal/people/<uuid:public_id>/move/", personnel.move, name="personnel_move"),
    path("portal/people/<uuid:public_id>/off/", personnel.off, name="personnel_off"),
    path("portal/people/<uuid:public_id>/on/", personnel.on, name="personnel_on"),
    path("portal/people/sections/add/", personnel.section_add, name="personnel_section_add"),
    path("portal/people/sections/<int:pk>/", personnel.section_rename, name="personnel_section"),
]
