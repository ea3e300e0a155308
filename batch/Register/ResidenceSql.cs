namespace MyNumber.Batch.Register;

/// <summary>
/// Where residents live, by the days that their rows name and not by the feeds that brought them: each row is a residence that
/// begins on `registered_on`. The latest that has begun is what `resident` shows. One that begins later is a planned move;
/// one noted after a later one changes what was, not what is. $1 is the business date.
/// </summary>
internal static class ResidenceSql
{
    /// <summary>Over the rows of one feed, before residents are compared and written.</summary>
    public static readonly IReadOnlyList<string> Place = [
        """
        DROP TABLE IF EXISTS pg_temp.placed_resident;
        CREATE TEMP TABLE placed_resident ON COMMIT DROP AS
        SELECT new.resident_id, new.registered_on::date AS registered_on, nullif(new.left_on, '')::date AS left_on,
          old.registered_on AS shown, known.resident_id IS NOT NULL AS known, next.registered_on AS next,
          next.municipality_code = new.municipality_code AS next_is_here
        FROM new_resident AS new JOIN resident AS old USING (resident_id)
        LEFT JOIN residence AS known ON known.resident_id = new.resident_id AND known.registered_on = new.registered_on::date
        LEFT JOIN LATERAL (
          SELECT residence.registered_on, residence.municipality_code FROM residence
          WHERE residence.resident_id = new.resident_id AND residence.registered_on > new.registered_on::date
          ORDER BY residence.registered_on LIMIT 1) AS next ON true
        """,
        // A resident from before residences were written down has the one that is shown.
        """
        INSERT INTO residence
        SELECT resident_id, registered_on, municipality_code, postal_code, address, household_id, household_head, left_on,
          left_reason, delivery_postal_code, delivery_address, $1
        FROM resident WHERE resident_id IN (SELECT resident_id FROM placed_resident)
          AND NOT EXISTS (SELECT FROM residence WHERE residence.resident_id = resident.resident_id)
        """,
        // A plan falls with another plan, and with a row that says again what is: that the move will not be.
        """
        DELETE FROM residence USING placed_resident AS placed
        WHERE residence.resident_id = placed.resident_id AND residence.registered_on <> placed.registered_on
          AND (residence.registered_on > placed.shown AND placed.known OR residence.registered_on > $1 AND placed.registered_on > $1)
          AND residence.registered_on <> placed.shown
        """,
        // The same municipality with an earlier day is that residence, its day corrected: nobody moves to where they are.
        """
        DELETE FROM residence USING placed_resident AS placed
        WHERE residence.resident_id = placed.resident_id AND residence.registered_on = placed.next
          AND placed.next_is_here AND NOT placed.known
        """,
        """
        ALTER TABLE placed_resident ADD COLUMN planned boolean, ADD COLUMN late boolean;
        """,
        """
        UPDATE placed_resident SET planned = registered_on > $1 AND shown <= $1,
          late = next <= shown AND (known OR NOT next_is_here)
        """,
        """
        INSERT INTO residence (resident_id, registered_on, municipality_code, postal_code, address, household_id, household_head,
          left_on, left_reason, delivery_postal_code, delivery_address, noted_on)
        SELECT resident_id, new.registered_on::date, municipality_code, postal_code, address, household_id, household_head,
          nullif(new.left_on, '')::date, nullif(left_reason, ''), nullif(delivery_postal_code, ''), nullif(delivery_address, ''), $1
        FROM new_resident AS new JOIN placed_resident USING (resident_id)
        ON CONFLICT (resident_id, registered_on) DO UPDATE SET municipality_code = excluded.municipality_code,
          postal_code = excluded.postal_code, address = excluded.address, household_id = excluded.household_id,
          household_head = excluded.household_head, left_on = excluded.left_on, left_reason = excluded.left_reason,
          delivery_postal_code = excluded.delivery_postal_code, delivery_address = excluded.delivery_address,
          noted_on = excluded.noted_on
        """,
        // Who is to move and leaves before it leaves the residence of today; who was to leave and moves instead does not leave.
        """
        UPDATE residence SET
          left_on = CASE WHEN placed.left_on < placed.registered_on THEN placed.left_on
            WHEN residence.left_on <= $1 THEN residence.left_on END,
          left_reason = CASE WHEN placed.left_on < placed.registered_on THEN new.left_reason
            WHEN residence.left_on <= $1 THEN residence.left_reason END
        FROM placed_resident AS placed JOIN new_resident AS new USING (resident_id)
        WHERE placed.planned AND residence.resident_id = placed.resident_id AND residence.registered_on = placed.shown
        """,
        // What a planned row says of the person holds at once, where they live does not. A late row is older than what is
        // known. Neither takes a delivery address away before its day (R43); one that is given never waits.
        """
        UPDATE new_resident AS new SET municipality_code = old.municipality_code, registered_on = old.registered_on::text,
          postal_code = old.postal_code, address = old.address, household_id = old.household_id,
          household_head = old.household_head, left_on = coalesce(now.left_on::text, ''), left_reason = coalesce(now.left_reason, ''),
          delivery_postal_code = coalesce(nullif(new.delivery_postal_code, ''), old.delivery_postal_code, ''),
          delivery_address = coalesce(nullif(new.delivery_address, ''), old.delivery_address, '')
        FROM placed_resident AS placed JOIN resident AS old USING (resident_id)
        JOIN residence AS now ON now.resident_id = old.resident_id AND now.registered_on = old.registered_on
        WHERE new.resident_id = placed.resident_id AND (placed.planned OR placed.late)
        """,
        """
        UPDATE new_resident AS new SET number_hash = old.number_hash, number_cipher = old.number_cipher, name = old.name,
          name_kana = old.name_kana, alternative_letters = old.alternative_letters, birth_date = old.birth_date::text, sex = old.sex,
          adult_ward = CASE WHEN old.adult_ward THEN '1' ELSE '0' END, stay_until = coalesce(old.stay_until::text, ''),
          number_assigned_on = coalesce(old.number_assigned_on::text, '')
        FROM placed_resident AS placed JOIN resident AS old USING (resident_id)
        WHERE new.resident_id = placed.resident_id AND placed.late AND old.number_hash IS NOT NULL
        """,
    ];

    /// <summary>Once residents are written: those that are new have their residence too, and what takes effect when.</summary>
    public static readonly IReadOnlyList<string> Note = [
        """
        INSERT INTO residence
        SELECT resident_id, registered_on, municipality_code, postal_code, address, household_id, household_head, left_on,
          left_reason, delivery_postal_code, delivery_address, $1
        FROM resident JOIN changed_resident USING (resident_id) WHERE is_new
        """,
        """
        DELETE FROM register_change USING new_resident AS new
        WHERE new.resident_id = register_change.resident_id AND NOT applied AND business_date > $1
          AND NOT EXISTS (SELECT FROM residence WHERE residence.resident_id = register_change.resident_id
            AND register_change.business_date IN (residence.registered_on, residence.left_on))
        """,
        """
        WITH change AS (
          SELECT resident_id, kind, CASE WHEN kind = 'left' THEN greatest($1, leaves_on) ELSE $1 END AS takes_effect
          FROM changed_resident
          CROSS JOIN LATERAL (VALUES ('moved', moved), ('left', has_left), ('number-changed', renumbered)) AS found (kind, holds)
          WHERE holds AND (NOT is_new OR leaves_on > $1 AND kind = 'left')
          UNION ALL
          SELECT resident_id, 'residence', greatest($1, registered_on) FROM placed_resident WHERE planned OR late),
        written AS (
          INSERT INTO register_change (resident_id, kind, business_date)
          SELECT resident_id, kind, takes_effect FROM change
          ON CONFLICT (resident_id, kind, business_date) DO UPDATE SET applied = false)
        INSERT INTO history (subject_kind, subject, at, what, by)
        SELECT 'resident', resident_id, $1, CASE WHEN kind = 'residence' THEN
            CASE WHEN takes_effect > $1 THEN 'move-planned' ELSE 'earlier-residence-noted' END
          WHEN takes_effect > $1 THEN 'leaving-planned' ELSE kind END, 'intake'
        FROM change ORDER BY resident_id, kind
        """,
    ];

    /// <summary>Planned moves whose day has come. After all feeds of the night, as one of them may have called the move off.</summary>
    public const string Begin = """
        WITH begun AS (
          SELECT DISTINCT ON (residence.resident_id) residence.*, resident.municipality_code <> residence.municipality_code AS moved
          FROM residence JOIN resident USING (resident_id)
          WHERE residence.registered_on <= $1 AND residence.registered_on > resident.registered_on
            AND resident_id IN (SELECT resident_id FROM register_change WHERE kind = 'residence' AND NOT applied AND business_date <= $1)
          ORDER BY residence.resident_id, residence.registered_on DESC),
        shown AS (
          UPDATE resident SET registered_on = begun.registered_on, municipality_code = begun.municipality_code,
            postal_code = begun.postal_code, address = begun.address, household_id = begun.household_id,
            household_head = begun.household_head, left_on = begun.left_on, left_reason = begun.left_reason,
            delivery_postal_code = begun.delivery_postal_code, delivery_address = begun.delivery_address
          FROM begun WHERE begun.resident_id = resident.resident_id),
        changes AS (
          INSERT INTO register_change (resident_id, kind, business_date)
          SELECT resident_id, 'moved', $1 FROM begun WHERE moved
          ON CONFLICT (resident_id, kind, business_date) DO UPDATE SET applied = false)
        INSERT INTO history (subject_kind, subject, at, what, by)
        SELECT 'resident', resident_id, $1, 'moved', 'intake' FROM begun WHERE moved ORDER BY resident_id
        """;
}
