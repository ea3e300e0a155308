namespace MyNumber.Batch.Lifecycle;

/// <summary>One event: pending, or decided before and played again with what came late.</summary>
internal sealed record PendingEvent(string EventId, DateOnly On, string Kind, string Subject, string Value)
{
    /// <summary>Who says so; empty where it is nobody's in particular.</summary>
    public required string Municipality { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>`pending`, `applied`, `kept`.</summary>
    public string State { get; init; } = "pending";

    public string? Result { get; init; }

    public string? WaitsFor { get; init; }

    /// <summary>The application that it was taken to mean when it was first decided.</summary>
    public string? Target { get; init; }
}

/// <summary>What of a card follows from facts; as JSON in card.base.</summary>
internal sealed record CardValues(
    string State, string? CardId, DateOnly? IssuedOn, DateOnly? ArrivedOn, DateOnly? ValidUntil, DateOnly? SignatureUntil,
    DateOnly? UserUntil, bool EndsWithStay, bool Suspended, bool Held, bool InDispute, DateOnly? ExtendedUntil,
    bool ReplacementApproved, DateOnly? ReissueRequestedOn, DateOnly? DeliveredOn);

/// <summary>A line of a disposal list that is still open.</summary>
/// <param name="State">`disposal-proposed` or `disposal-approved`.</param>
/// <param name="Out">The list has left the house.</param>
internal sealed record OpenDisposal(DateOnly On, string State, bool Out);

/// <summary>A card while the timeline is played over it; saved once at the end.</summary>
internal sealed class TimelineCard
{
    public required string Ref { get; init; }
    public string? OrderId { get; init; }
    public string? ApplicationKey { get; init; }
    public string? CardId { get; set; }
    public required string ResidentId { get; init; }
    public required string MunicipalityCode { get; init; }
    public required string State { get; set; }
    public DateOnly? OrderedOn { get; init; }
    public DateOnly? IssuedOn { get; set; }
    public DateOnly? ArrivedOn { get; set; }
    public DateOnly? DeliveredOn { get; set; }
    public DateOnly? ValidUntil { get; set; }
    public DateOnly? SignatureUntil { get; set; }
    public DateOnly? UserUntil { get; set; }
    public bool EndsWithStay { get; set; }
    public bool Suspended { get; set; }
    public bool Held { get; set; }
    public bool InDispute { get; set; }
    public DateOnly? ExtendedUntil { get; set; }
    public bool ReplacementApproved { get; set; }
    public DateOnly? PickupDeadline { get; set; }
    public DateOnly? ReissueRequestedOn { get; set; }
    public bool WantsSignature { get; init; }
    public bool WantsUser { get; init; }
    public bool WithoutPhotograph { get; init; }

    /// <summary>The first Issuance Notice was posted.</summary>
    public bool NoticePosted { get; init; }

    /// <summary>The latest day that a posted notice names.</summary>
    public DateOnly? NoticeDeadline { get; init; }
    public OpenDisposal? Disposal { get; init; }

    /// <summary>As it lies in the database.</summary>
    public CardValues? Stored { get; init; }

    /// <summary>What it is without any fact: where playing starts.</summary>
    public CardValues? Base { get; init; }

    public bool Changed { get; set; }
    public bool StateChanged { get; set; }
    public bool ProposalWithdrawn { get; set; }

    /// <summary>What it was when its disposal was proposed; null where that was not played.</summary>
    public string? BeforeProposal { get; set; }

    /// <summary>A fact of before the proposal came in after it: it would not have been made (R46).</summary>
    public bool NeverProposed { get; set; }

    public CardValues Values => new(
        State, CardId, IssuedOn, ArrivedOn, ValidUntil, SignatureUntil, UserUntil, EndsWithStay, Suspended, Held, InDispute,
        ExtendedUntil, ReplacementApproved, ReissueRequestedOn, DeliveredOn);

    public void Move(string state)
    {
        StateChanged |= state != State;
        State = state;
    }
}

internal sealed class TimelineApplication
{
    public required string Key { get; init; }
    public string? ApplicationId { get; init; }
    public string? ResidentId { get; init; }
    public required DateOnly ReceivedOn { get; init; }

    /// <summary>While played: what it is by the facts so far. It starts with what it is without any.</summary>
    public required string State { get; set; }

    /// <summary>As it lies in the database.</summary>
    public string? Stored { get; init; }

    /// <summary>What it was before facts ended it, as known so far; null where none did.</summary>
    public string? StateBefore { get; init; }

    /// <summary>R36: its card was ordered for where its holder no longer lived, so it is judged and ordered again.</summary>
    public bool Again { get; set; }

    public bool Changed { get; set; }
}

/// <summary>Where a resident lived from a day on, and until when, as far as known.</summary>
internal sealed record Residence(DateOnly From, string MunicipalityCode, DateOnly? LeftOn = null, string? LeftReason = null);

/// <param name="BirthDate">For the card's validity (R40).</param>
/// <param name="StayUntil">The same.</param>
/// <param name="LeftOn">First day off the register.</param>
/// <param name="Residences">By day, one at least; none that has not begun.</param>
internal sealed record TimelineResident(
    string ResidentId, DateOnly BirthDate, DateOnly? StayUntil, DateOnly? LeftOn, IReadOnlyList<Residence> Residences)
{
    /// <summary>
    /// Whose events count on a day: on the day of a move both municipalities', as its hour is not known. Before the first
    /// day that is known the first one's.
    /// </summary>
    public bool LivesIn(string municipality, DateOnly day)
    {
        var last = Residences.Count - 1;
        while (last > 0 && Residences[last].From > day)
        {
            last--;
        }

        return Residences[last].MunicipalityCode == municipality
            || (last > 0 && Residences[last].From == day && Residences[last - 1].MunicipalityCode == municipality);
    }
}

/// <summary>A change of the register that takes effect on a day.</summary>
/// <param name="Change">One of <see cref="RegisterTransitions.Changes"/>.</param>
/// <param name="Until">`died`, `left`: the day on which the resident was registered again; null where never.</param>
/// <param name="Homes">`moved`: the municipalities from that day on.</param>
/// <param name="KnownOn">`number-changed`: the night that brought it; what was ordered from then on has the new one.</param>
internal sealed record RegisterFact(
    DateOnly On, string Change, string ResidentId, DateOnly? Until, IReadOnlyList<string> Homes, DateOnly? KnownOn);

internal sealed class TimelinePiece
{
    public required string PieceId { get; init; }
    public required string State { get; set; }
    public required string MunicipalityCode { get; init; }
    public bool Changed { get; set; }
}

/// <summary>Everything that the timeline speaks of.</summary>
internal sealed class TimelineSubjects
{
    public required IReadOnlyList<PendingEvent> Events { get; init; }
    public required IReadOnlyList<TimelineCard> Cards { get; init; }
    public required IReadOnlyList<TimelineApplication> Applications { get; init; }
    public required IReadOnlyDictionary<string, TimelineResident> Residents { get; init; }
    public required IReadOnlyDictionary<string, TimelinePiece> Pieces { get; init; }
    public IReadOnlyList<RegisterFact> Register { get; init; } = [];

    /// <summary>Card ids that values of `card-arrived` name and a card has already, with that card.</summary>
    public IReadOnlyDictionary<string, string> CardIdsTaken { get; init; } = new Dictionary<string, string>();
}
