"""What a locked run pays, put on the monthly roster."""

from __future__ import annotations

from django.db import connection

from subsidies.ledger.balances import ADDING
from subsidies.models import ONCE, LineKind, PaymentLine, PaymentRun
from subsidies.rules import ROSTERS


def publish(run: PaymentRun) -> None:
    """What a locked run pays stands on the roster, where indicators, the person's page and the comparison look.

    A row of an uploaded roster stands as it is. A row that a run of this system put there comes to what its month has
    come to where a later run makes something up, and loses what was cancelled because it never arrived. A demand
    alone changes nothing: the money was paid.
    """
    lines, roster = PaymentLine._meta.db_table, ROSTERS[run.subsidy]._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {roster} (month, person_id, standard_yuan, amount_yuan, paid_on)"
            f" SELECT benefit_month, person_id, standard_yuan, amount_yuan, %s FROM {lines}"
            " WHERE run_id = %s AND kind = ANY(%s) ORDER BY id ON CONFLICT (month, person_id) DO NOTHING",
            [run.pay_on, run.pk, list(ONCE)],
        )
        # The history's triggers keep the plan they were first run with; one made for an empty table is ruinous.
        cursor.execute("DISCARD PLANS")
        cursor.execute(
            f"UPDATE {roster} r SET amount_yuan = greatest(since.amount - since.unsent, 0),"
            " standard_yuan = coalesce(since.standard, r.standard_yuan) FROM ("
            "  SELECT touched.person_id, touched.benefit_month,"
            "   max(l.standard_yuan) FILTER (WHERE l.run_id = %(run)s AND l.kind = %(diff)s) AS standard,"
            "   CASE WHEN touched.makes_up THEN sum(CASE"
            "     WHEN l.kind = ANY(%(adding)s) THEN l.amount_yuan"
            "     WHEN l.kind = %(cancel)s AND o.kind = %(recovery)s THEN l.amount_yuan"
            "     WHEN l.kind IN (%(recovery)s, %(cancel)s) THEN -l.amount_yuan ELSE 0 END)"
            "    ELSE touched.shown END AS amount,"
            "   CASE WHEN touched.makes_up THEN 0 ELSE coalesce(sum(l.amount_yuan) FILTER ("
            "     WHERE l.run_id = %(run)s AND l.kind = %(cancel)s AND o.kind <> %(recovery)s), 0) END AS unsent"
            "  FROM (SELECT t.person_id, t.benefit_month, p.amount_yuan AS shown, bool_or(t.kind = %(diff)s) AS makes_up"
            f"    FROM {lines} t JOIN {roster} p ON p.person_id = t.person_id AND p.month = t.benefit_month"
            "    WHERE t.run_id = %(run)s AND t.kind IN (%(diff)s, %(cancel)s) AND p.row_number IS NULL GROUP BY 1, 2, 3) touched"
            f"  JOIN {lines} l ON l.person_id = touched.person_id AND l.benefit_month = touched.benefit_month"
            "   AND l.subsidy = %(subsidy)s AND l.is_locked"
            f"  LEFT JOIN {lines} o ON o.id = l.of_id"
            "  GROUP BY touched.person_id, touched.benefit_month, touched.makes_up, touched.shown"
            "  HAVING bool_or(l.kind = ANY(%(once)s))) since"
            " WHERE r.person_id = since.person_id AND r.month = since.benefit_month",
            {
                "run": run.pk,
                "subsidy": run.subsidy,
                "diff": LineKind.STANDARD_DIFF,
                "cancel": LineKind.CANCEL,
                "recovery": LineKind.RECOVERY,
                "adding": list(ADDING),
                "once": list(ONCE),
            },
        )
