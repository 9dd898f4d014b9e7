"""Five years of every department's records for a register of any size, by SQL: for measuring the computation only."""

from django.db import connection

STATEMENTS = (
    "INSERT INTO registry_householdincome (household_id, year, head_name, members, disposable_income_yuan)"
    " SELECT id, y, '户主', 3, 60000 + (id + y) %% 9000 FROM registry_household, generate_series(2020, 2025) y"
    " WHERE id %% 3 = 0",
    "INSERT INTO registry_socialassistance (person_id, kind, unit, starts_on)"
    " SELECT id, CASE WHEN id %% 40 = 0 THEN 'tekun' ELSE 'dibao' END, 'household', '2021-03-01'"
    " FROM registry_person WHERE id %% 4 = 0",
    "INSERT INTO registry_dibaoapplication (person_id, applied_on, result, decided_on)"
    " SELECT id, '2021-02-01', 'eligible', '2021-02-20' FROM registry_person WHERE id %% 4 = 0",
    "INSERT INTO registry_otherbenefit (person_id, kind, monthly_yuan, starts_on)"
    " SELECT id, 'old_age', 100, '2022-01-01' FROM registry_person WHERE id %% 50 = 0",
    "INSERT INTO subsidies_livingpayment (person_id, month, standard_yuan, amount_yuan, paid_on)"
    " SELECT id, m, 125, 125, m + 9 FROM registry_person, (SELECT date '2025-07-01' + make_interval(months => i)"
    " AS at FROM generate_series(0, 5) i) s, LATERAL (SELECT s.at::date AS m) d WHERE id %% 4 = 0 AND id %% 97 > 0",
    "INSERT INTO subsidies_nursingpayment (person_id, month, standard_yuan, amount_yuan, paid_on)"
    " SELECT person_id, m, 125, 125, m + 9 FROM registry_certificate, (SELECT date '2025-07-01'"
    " + make_interval(months => i) AS at FROM generate_series(0, 5) i) s, LATERAL (SELECT s.at::date AS m) d"
    " WHERE level IN ('1', '2') AND person_id %% 89 > 0",
    "INSERT INTO registry_pensionenrolment (person_id, year, scheme, status)"
    " SELECT id, y, 'resident', 'paying' FROM registry_person, generate_series(2024, 2025) y WHERE id %% 9 > 0",
    "INSERT INTO registry_medicalenrolment (person_id, year, scheme, status)"
    " SELECT id, y, 'resident', 'insured' FROM registry_person, generate_series(2024, 2025) y WHERE id %% 30 > 0",
    "INSERT INTO registry_schoolenrolment (person_id, community_id, school_year, placement)"
    " SELECT id, community_id, y, 'mainstream' FROM registry_person, generate_series(2024, 2025) y"
    " WHERE born_on BETWEEN '2009-09-01' AND '2019-08-31'",
    "INSERT INTO rehab_rehabneed (person_id, community_id, year, rehab, device)"
    " SELECT id, community_id, y, '康复训练', CASE WHEN id %% 5 = 0 THEN '轮椅' END"
    " FROM registry_person, generate_series(2023, 2025) y WHERE id %% 2 = 0",
    "INSERT INTO rehab_rehabservice (person_id, served_on, kind, provider)"
    " SELECT id, make_date(y, 5, 1), 'training', '康复中心' FROM registry_person, generate_series(2023, 2025) y"
    " WHERE id %% 2 = 0 AND id %% 22 > 0",
    "INSERT INTO rehab_devicefitting (person_id, fitted_on, device, quantity)"
    " SELECT id, '2025-06-01', '轮椅', 1 FROM registry_person WHERE id %% 10 = 0 AND id %% 70 > 0",
    "INSERT INTO employment_trainingrecord (person_id, class_name, starts_on, ends_on, is_completed)"
    " SELECT id, '培训班', '2024-05-01', '2024-05-10', true FROM registry_person WHERE id %% 20 = 0",
    "INSERT INTO accessibility_homeretrofit (person_id, household_id, hardship, level, works, approved_on, accepted_on,"
    " verdict) SELECT person_id, household_id, 'dibao', '1', '坡道改造', '2023-05-01', '2023-08-01', 'passed'"
    " FROM registry_certificate WHERE person_id %% 8 = 0",
)


def fill() -> None:
    """Adds the fifteen departments' records to whoever is on the register, and refreshes the planner's figures."""
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement, [])
        cursor.execute("ANALYZE")
