namespace MyNumber.Batch.Register;

/// <summary>The statements of a register feed, in the order they run. $1 is the business date, for Faults the limit.</summary>
internal static class RegisterSql
{
    /// <summary>What the rows refer to, and what must be there once only.</summary>
    public const string Faults = """
        SELECT * FROM (
          SELECT 'municipalities.csv' AS file, row, 'municipality_code' AS "column", 'code' AS class, 'repeated-key' AS reason
          FROM (SELECT row, row_number() OVER (PARTITION BY municipality_code ORDER BY row) AS n FROM new_municipality) AS rows
          WHERE n > 1
          UNION ALL
          SELECT 'residents.csv', row, 'resident_id', 'code', 'repeated-key'
          FROM (SELECT row, row_number() OVER (PARTITION BY resident_id ORDER BY row) AS n FROM new_resident) AS rows
          WHERE n > 1
          UNION ALL
          SELECT 'residents.csv', row, 'individual_number', 'individual-number', 'belongs-to-another'
          FROM (SELECT row, row_number() OVER (PARTITION BY number_hash ORDER BY row) AS n FROM new_resident) AS rows
          WHERE n > 1
          UNION ALL
          -- Somebody outside of this feed has that number; one inside of it may be giving it up.
          SELECT 'residents.csv', new_resident.row, 'individual_number', 'individual-number', 'belongs-to-another'
          FROM new_resident JOIN resident ON resident.number_hash = new_resident.number_hash
          WHERE resident.resident_id <> new_resident.resident_id
            AND NOT EXISTS (SELECT FROM new_resident AS other WHERE other.resident_id = resident.resident_id)
          UNION ALL
          SELECT 'residents.csv', row, 'municipality_code', 'code', 'unknown-municipality' FROM new_resident
          WHERE NOT EXISTS (SELECT FROM municipality WHERE municipality.municipality_code = new_resident.municipality_code)
            AND NOT EXISTS (SELECT FROM new_municipality
                            WHERE new_municipality.municipality_code = new_resident.municipality_code)
          UNION ALL
          SELECT 'residents.csv', row, 'delivery_address', 'text', 'delivery-is-not-whole' FROM new_resident
          WHERE (delivery_address = '') <> (delivery_postal_code = '')
          UNION ALL
          SELECT 'residents.csv', row, 'left_on', 'date', 'reason-without-a-day' FROM new_resident
          WHERE left_reason <> '' AND left_on = ''
          UNION ALL
          SELECT 'forms.csv', row, 'application_id', 'application-id', 'repeated-key'
          FROM (SELECT row, row_number() OVER (PARTITION BY application_id ORDER BY row) AS n FROM new_form) AS rows
          WHERE n > 1
          UNION ALL
          SELECT 'forms.csv', row, 'resident_id', 'code', 'unknown-resident' FROM new_form
          WHERE NOT EXISTS (SELECT FROM resident WHERE resident.resident_id = new_form.resident_id)
            AND NOT EXISTS (SELECT FROM new_resident WHERE new_resident.resident_id = new_form.resident_id)
          UNION ALL
          SELECT 'cards.csv', row, 'card_id', 'code', 'repeated-key'
          FROM (SELECT row, row_number() OVER (PARTITION BY card_id ORDER BY row) AS n FROM new_card) AS rows
          WHERE n > 1
          UNION ALL
          SELECT 'cards.csv', row, 'resident_id', 'code', 'unknown-resident' FROM new_card
          WHERE NOT EXISTS (SELECT FROM resident WHERE resident.resident_id = new_card.resident_id)
            AND NOT EXISTS (SELECT FROM new_resident WHERE new_resident.resident_id = new_card.resident_id)
          UNION ALL
          SELECT 'cards.csv', new_card.row, 'resident_id', 'code', 'card-of-another' FROM new_card
          JOIN card ON card.card_id = new_card.card_id AND card.resident_id <> new_card.resident_id
          UNION ALL
          -- A card of ours is known by its order until it arrives: what is named so is somebody's order, and not this card.
          SELECT 'cards.csv', new_card.row, 'card_id', 'code', 'order-of-another' FROM new_card
          JOIN card ON card.ref = new_card.card_id AND card.card_id IS DISTINCT FROM new_card.card_id
        ) AS faults
        ORDER BY file COLLATE "C", row, "column" LIMIT $1
        """;

    /// <summary>What needs no date.</summary>
    public static readonly IReadOnlyList<string> Undated = [
        """
        INSERT INTO municipality (municipality_code, name, prefecture, pickup_place, pickup_address, pickup_phone,
          earliest_pickup_days, storage_months, notice_in_envelope, reminder_after_days)
        SELECT municipality_code, name, prefecture, pickup_place, pickup_address, pickup_phone,
          earliest_pickup_days::int, storage_months::int, notice_in_envelope = '1', nullif(reminder_after_days, '')::int
        FROM new_municipality
        ON CONFLICT (municipality_code) DO UPDATE SET name = excluded.name, prefecture = excluded.prefecture,
          pickup_place = excluded.pickup_place, pickup_address = excluded.pickup_address,
          pickup_phone = excluded.pickup_phone, earliest_pickup_days = excluded.earliest_pickup_days,
          storage_months = excluded.storage_months, notice_in_envelope = excluded.notice_in_envelope,
          reminder_after_days = excluded.reminder_after_days
        """,
        // A row that says what is known already changes nothing: number_cipher is left out, it differs each time.
        """
        DROP TABLE IF EXISTS pg_temp.changed_resident;
        CREATE TEMP TABLE changed_resident ON COMMIT DROP AS
        SELECT resident_id, old.resident_id IS NULL AS is_new, old.municipality_code <> new.municipality_code AS moved,
          new.left_on <> '' AND old.left_on IS DISTINCT FROM nullif(new.left_on, '')::date AS has_left,
          nullif(new.left_on, '')::date AS leaves_on, old.number_hash <> new.number_hash AS renumbered, old.number_hash AS old_hash
        FROM new_resident AS new LEFT JOIN resident AS old USING (resident_id)
        WHERE old.resident_id IS NULL OR
          (old.number_hash, old.name, old.name_kana, old.alternative_letters, old.birth_date, old.sex, old.postal_code,
           old.address, old.delivery_postal_code, old.delivery_address, old.municipality_code, old.registered_on,
           old.left_on, old.left_reason, old.adult_ward, old.stay_until, old.household_id, old.household_head,
           old.number_assigned_on)
          IS DISTINCT FROM
          (new.number_hash, new.name, new.name_kana, new.alternative_letters, new.birth_date::date, new.sex,
           new.postal_code, new.address, nullif(new.delivery_postal_code, ''), nullif(new.delivery_address, ''),
           new.municipality_code, new.registered_on::date, nullif(new.left_on, '')::date, nullif(new.left_reason, ''),
           new.adult_ward = '1', nullif(new.stay_until, '')::date, new.household_id, new.household_head,
           nullif(new.number_assigned_on, '')::date);
        DROP TABLE IF EXISTS pg_temp.changed_card;
        CREATE TEMP TABLE changed_card ON COMMIT DROP AS
        SELECT card_id, old.ref, old.order_id, old.application_key, new.resident_id, old.state AS old_state, new.new_state
        FROM (SELECT *, CASE WHEN state IN ('valid', 'suspended') THEN 'delivered' ELSE 'void' END AS new_state FROM new_card) AS new
        LEFT JOIN card AS old USING (card_id)
        WHERE old.card_id IS NULL
          OR (old.state, old.suspended, old.issued_on, old.valid_until, old.signature_certificate_until, old.user_certificate_until)
            IS DISTINCT FROM (new.new_state, new.state = 'suspended', new.issued_on::date, new.valid_until::date,
              nullif(new.signature_certificate_until, '')::date, nullif(new.user_certificate_until, '')::date);
        ANALYZE changed_resident, changed_card;
        """,
        // Two residents may swap numbers in one feed: the index would see the first half of it.
        """
        UPDATE resident SET number_hash = NULL FROM changed_resident
        WHERE changed_resident.resident_id = resident.resident_id AND changed_resident.renumbered
        """,
    ];

    /// <summary>What happens on the business date.</summary>
    public static readonly IReadOnlyList<string> Dated = [
        """
        INSERT INTO resident (resident_id, number_hash, number_cipher, name, name_kana, alternative_letters, birth_date, sex,
          postal_code, address, delivery_postal_code, delivery_address, municipality_code, registered_on, left_on,
          left_reason, adult_ward, stay_until, household_id, household_head, number_assigned_on, first_seen_on)
        SELECT resident_id, number_hash, number_cipher, name, name_kana, alternative_letters, birth_date::date, sex,
          postal_code, address, nullif(delivery_postal_code, ''), nullif(delivery_address, ''), municipality_code,
          registered_on::date, nullif(left_on, '')::date, nullif(left_reason, ''), adult_ward = '1',
          nullif(stay_until, '')::date, household_id, household_head, nullif(number_assigned_on, '')::date, $1
        FROM new_resident JOIN changed_resident USING (resident_id)
        ON CONFLICT (resident_id) DO UPDATE SET
          first_seen_on = CASE WHEN resident.number_hash IS NULL THEN excluded.first_seen_on ELSE resident.first_seen_on END,
          number_hash = excluded.number_hash, number_cipher = excluded.number_cipher, name = excluded.name,
          name_kana = excluded.name_kana, alternative_letters = excluded.alternative_letters,
          birth_date = excluded.birth_date, sex = excluded.sex, postal_code = excluded.postal_code,
          address = excluded.address, delivery_postal_code = excluded.delivery_postal_code,
          delivery_address = excluded.delivery_address, municipality_code = excluded.municipality_code,
          registered_on = excluded.registered_on, left_on = excluded.left_on, left_reason = excluded.left_reason,
          adult_ward = excluded.adult_ward, stay_until = excluded.stay_until, household_id = excluded.household_id,
          household_head = excluded.household_head, number_assigned_on = excluded.number_assigned_on
        """,
        """
        INSERT INTO former_number (number_hash, resident_id, replaced_on)
        SELECT old_hash, resident_id, $1 FROM changed_resident WHERE renumbered
        ON CONFLICT (number_hash) DO UPDATE SET resident_id = excluded.resident_id, replaced_on = excluded.replaced_on
        """,
        // Given again: then it identifies again.
        "DELETE FROM former_number USING resident WHERE resident.number_hash = former_number.number_hash AND $1::date IS NOT NULL",
        """
        WITH changed AS (
          INSERT INTO form (application_id, resident_id, kind, issued_on, printed_name, printed_address, masked)
          SELECT application_id, resident_id, kind, issued_on::date, printed_name, printed_address, masked = '1' FROM new_form
          ON CONFLICT (application_id) DO UPDATE SET resident_id = excluded.resident_id, kind = excluded.kind,
            issued_on = excluded.issued_on, printed_name = excluded.printed_name,
            printed_address = excluded.printed_address, masked = excluded.masked
          RETURNING application_id)
        UPDATE application SET to_validate = true FROM changed
        WHERE application.application_id = changed.application_id
          AND application.state IN ('received', 'review', 'waiting', 'selected', 'superseded') AND $1::date IS NOT NULL
        """,
        // R70: an end that is the end of the period of stay brings no notice.
        """
        INSERT INTO card (ref, card_id, resident_id, municipality_code, state, state_on, issued_on, valid_until,
          signature_certificate_until, user_certificate_until, suspended, ends_with_stay, delivered_on)
        SELECT coalesce(changed_card.ref, new.card_id), new.card_id, new.resident_id, resident.municipality_code,
          changed_card.new_state, $1, new.issued_on::date, new.valid_until::date,
          nullif(new.signature_certificate_until, '')::date, nullif(new.user_certificate_until, '')::date,
          new.state = 'suspended', coalesce(new.valid_until::date = resident.stay_until, false),
          CASE WHEN changed_card.new_state = 'delivered' THEN new.issued_on::date END
        FROM new_card AS new JOIN changed_card USING (card_id) JOIN resident ON resident.resident_id = new.resident_id
        ON CONFLICT (ref) DO UPDATE SET state = excluded.state, suspended = excluded.suspended,
          state_on = CASE WHEN card.state = excluded.state THEN card.state_on ELSE excluded.state_on END,
          issued_on = excluded.issued_on, valid_until = excluded.valid_until,
          signature_certificate_until = excluded.signature_certificate_until,
          user_certificate_until = excluded.user_certificate_until, ends_with_stay = excluded.ends_with_stay,
          delivered_on = coalesce(card.delivered_on, excluded.delivered_on), base = NULL
        """,
        // What the municipality says of a card holds all that was known of it: nothing of before is played again.
        """
        UPDATE event SET settled = true FROM changed_card
        WHERE event.state <> 'pending' AND event.subject IN (changed_card.card_id, changed_card.order_id)
        """,
        """
        INSERT INTO history (subject_kind, subject, at, what, by)
        SELECT 'card', coalesce(ref, card_id), $1, new_state, 'intake' FROM changed_card
        WHERE old_state IS DISTINCT FROM new_state ORDER BY card_id
        """,
        """
        WITH ended AS (
          UPDATE application SET state_on = $1, state_before = NULL,
            state = CASE WHEN changed_card.new_state = 'delivered' THEN 'issued' ELSE 'void' END
          FROM changed_card WHERE application.key = changed_card.application_key AND application.state = 'ordered'
          RETURNING application.key, application.state)
        INSERT INTO history (subject_kind, subject, at, what, by)
        SELECT 'application', key, $1, state, 'intake' FROM ended ORDER BY key
        """,
        """
        UPDATE application SET to_validate = true
        WHERE state IN ('received', 'review', 'waiting', 'selected', 'superseded') AND $1::date IS NOT NULL
          AND resident_id IN (SELECT resident_id FROM changed_resident UNION SELECT resident_id FROM changed_card)
        """,
    ];
}
