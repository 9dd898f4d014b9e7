"""Addresses of the REST API, its description as OpenAPI and as a page."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import SimpleRouter

from accessibility.api.homes import RetrofitHomeViewSet
from accessibility.api.places import BarrierCaseViewSet, FacilityViewSet, NoticeViewSet
from employment.api.audits import AuditViewSet
from employment.api.employers import EmployerViewSet, EmploymentRecordViewSet
from employment.api.jobs import JobFairViewSet, JobReferralViewSet, JobSeekerViewSet, VacancyViewSet
from employment.api.levy import QuotaSheetViewSet
from employment.api.training import PractitionerViewSet, TrainingClassViewSet, TrainingRecordViewSet
from indicators.api import FigureViewSet, SnapshotViewSet
from registry.api.certificates import CertificateViewSet
from registry.api.households import HouseholdViewSet
from registry.api.people import PersonViewSet
from rehab.api.children import ChildCaseViewSet
from rehab.api.community import CampaignViewSet, CoordinatorViewSet, SiteViewSet, SurveyViewSet
from rehab.api.daycare import StayViewSet
from rehab.api.devices import DeviceCaseViewSet, DeviceItemViewSet, DeviceLoanViewSet
from rehab.api.doctors import DoctorContractViewSet
from rehab.api.records import NeedViewSet, ReferralViewSet, ServiceViewSet
from subsidies.api.applications import ApplicationViewSet, GrantViewSet
from subsidies.api.findings import FindingViewSet
from subsidies.api.payments import LineViewSet, LivingPaymentViewSet, NursingPaymentViewSet
from subsidies.api.runs import RunViewSet
from subsidies.api.standards import StandardViewSet
from zalainuoer.common.api.base import AUTHENTICATION
from zalainuoer.common.api.batches import BatchViewSet
from zalainuoer.common.api.description import api_docs
from zalainuoer.common.api.divisions import DivisionViewSet
from zalainuoer.common.api.sheets import SheetViewSet

router = SimpleRouter(use_regex_path=False)
router.register("people", PersonViewSet, basename="api_person")
router.register("certificates", CertificateViewSet, basename="api_certificate")
router.register("households", HouseholdViewSet, basename="api_household")
router.register("subsidies/standards", StandardViewSet, basename="api_standard")
router.register("subsidies/applications", ApplicationViewSet, basename="api_application")
router.register("subsidies/grants", GrantViewSet, basename="api_grant")
router.register("subsidies/living-payments", LivingPaymentViewSet, basename="api_living_payment")
router.register("subsidies/nursing-payments", NursingPaymentViewSet, basename="api_nursing_payment")
router.register("subsidies/runs", RunViewSet, basename="api_run")
router.register("subsidies/payment-lines", LineViewSet, basename="api_payment_line")
router.register("subsidies/findings", FindingViewSet, basename="api_finding")
router.register("rehab/child-cases", ChildCaseViewSet, basename="api_child_case")
router.register("rehab/needs", NeedViewSet, basename="api_rehab_need")
router.register("rehab/services", ServiceViewSet, basename="api_rehab_service")
router.register("rehab/referrals", ReferralViewSet, basename="api_rehab_referral")
router.register("employment/training-classes", TrainingClassViewSet, basename="api_training_class")
router.register("employment/training-records", TrainingRecordViewSet, basename="api_training_record")
router.register("employment/massage-practitioners", PractitionerViewSet, basename="api_massage_practitioner")
router.register("divisions", DivisionViewSet, basename="api_division")
router.register("sheets", SheetViewSet, basename="api_sheet")
router.register("batches", BatchViewSet, basename="api_batch")
router.register("snapshots", SnapshotViewSet, basename="api_snapshot")
router.register("figures", FigureViewSet, basename="api_figure")
router.register("rehab/doctor-contracts", DoctorContractViewSet, basename="api_doctor_contract")
router.register("rehab/community-sites", SiteViewSet, basename="api_community_site")
router.register("rehab/coordinators", CoordinatorViewSet, basename="api_coordinator")
router.register("rehab/prevention-campaigns", CampaignViewSet, basename="api_prevention_campaign")
router.register("rehab/awareness-surveys", SurveyViewSet, basename="api_awareness_survey")
router.register("rehab/day-care-stays", StayViewSet, basename="api_care_stay")
router.register("rehab/device-items", DeviceItemViewSet, basename="api_device_item")
router.register("rehab/device-cases", DeviceCaseViewSet, basename="api_device_case")
router.register("rehab/device-loans", DeviceLoanViewSet, basename="api_device_loan")
router.register("employment/employers", EmployerViewSet, basename="api_employer")
router.register("employment/records", EmploymentRecordViewSet, basename="api_employment_record")
router.register("employment/quota-sheets", QuotaSheetViewSet, basename="api_quota_sheet")
router.register("employment/job-seekers", JobSeekerViewSet, basename="api_job_seeker")
router.register("employment/vacancies", VacancyViewSet, basename="api_vacancy")
router.register("employment/job-referrals", JobReferralViewSet, basename="api_job_referral")
router.register("employment/job-fairs", JobFairViewSet, basename="api_job_fair")
router.register("employment/audits", AuditViewSet, basename="api_annual_audit")
router.register("accessibility/homes", RetrofitHomeViewSet, basename="api_retrofit_home")
router.register("accessibility/facilities", FacilityViewSet, basename="api_facility")
router.register("accessibility/notices", NoticeViewSet, basename="api_rectification_notice")
router.register("accessibility/cases", BarrierCaseViewSet, basename="api_barrier_case")

urlpatterns = [
    path("v1/", include(router.urls)),
    path(
        "schema/",
        SpectacularAPIView.as_view(authentication_classes=AUTHENTICATION, permission_classes=[IsAuthenticated]),
        name="api_schema",
    ),
    path("docs/", api_docs, name="api_docs"),
]
