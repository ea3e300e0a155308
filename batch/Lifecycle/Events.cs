using System.Text.RegularExpressions;
using MyNumber.Batch.Calendar;
using MyNumber.Batch.Feeds;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Lifecycle;

/// <summary>
/// Plays facts one by one over the subjects in memory: events by the table in <see cref="CardTransitions"/>, changes of the register
/// by that in <see cref="RegisterTransitions"/>. In the order of their days and instants, whichever night brought them. An
/// event whose subject is not there yet, or is another municipality's, waits; one that makes no sense is kept.
/// No database, no clock.
/// </summary>
internal static partial class Events
{
    /// <summary>What comes first on one day.</summary>
    private enum By
    {
        /// <summary>By its instant.</summary>
        Event,

        /// <summary>A disposal is proposed once the events of its day are known.</summary>
        Proposal,

        /// <summary>A day without an hour ends it: who picks a card up in the morning and moves in the afternoon has it.</summary>
        Register,
    }

    // Subject is what a person sees where it fails: an event's id, a card, a resident.
    private sealed record Fact(DateOnly On, By By, DateTimeOffset At, string Id, string Subject, Func<string?> Whose, Action Play);

    internal sealed class Applier(TimelineSubjects subjects, Policy policy, ItemGuard? items = null)
    {
        private readonly Dictionary<string, EventResult> _results = [];
        private readonly List<HistoryLine> _history = [];
        private readonly Dictionary<string, List<PendingEvent>> _waiting = [];
        private readonly Dictionary<string, string> _meant = [];
        private readonly Dictionary<string, TimelineCard> _byOrder =
            subjects.Cards.Where(card => card.OrderId is not null).ToDictionary(card => card.OrderId!);
        private readonly Dictionary<string, TimelineCard> _byCardId =
            subjects.Cards.Where(card => card.CardId is not null).ToDictionary(card => card.CardId!);
        private readonly ILookup<string, TimelineCard> _byResident = subjects.Cards.ToLookup(card => card.ResidentId);
        private readonly Dictionary<string, TimelineApplication> _byKey = subjects.Applications.ToDictionary(a => a.Key);
        private readonly ILookup<string?, TimelineApplication> _byApplicationId =
            subjects.Applications.ToLookup(a => a.ApplicationId);
        private readonly ILookup<string?, TimelineApplication> _applicationsOf = subjects.Applications.ToLookup(a => a.ResidentId);
        private readonly HashSet<string> _handedOver =
            subjects.Events.Where(e => e.Kind == "card-delivered").Select(e => e.Subject).ToHashSet();
        private readonly ILookup<string, string> _cardIdsOfOrder = subjects.Events.Where(e => e.Kind == "card-arrived")
            .ToLookup(e => e.Subject, e => e.Value.Split('=')[0]);

        public EventOutcome Apply()
        {
            var facts = subjects.Events.Select(e => new Fact(e.On, By.Event, e.At, e.EventId, e.EventId, () => Whose(e), () => Play(e)))
                .Concat(subjects.Cards.Where(card => card.Disposal is not null).Select(card => new Fact(
                    card.Disposal!.On, By.Proposal, default, card.Ref, card.Ref, () => card.ResidentId, () => Propose(card))))
                .Concat(subjects.Register.Select(fact => new Fact(
                    fact.On, By.Register, default, $"{RegisterTransitions.Rank(fact.Change)}{fact.ResidentId}", fact.ResidentId,
                    () => fact.ResidentId, () => Change(fact))));
            var (failed, held) = Play([.. facts.OrderBy(fact => fact.On).ThenBy(fact => fact.By).ThenBy(fact => fact.At)
                .ThenBy(fact => fact.Id, StringComparer.Ordinal)]);
            foreach (var e in _waiting.Values.SelectMany(waiting => waiting.ToList()))
            {
                var cell = Judge(e);
                if (cell.Effect == EventEffect.Wait)
                {
                    _results[e.EventId] = new EventResult(e.EventId, "pending", null, cell.Result, e.Target);
                }
                else
                {
                    Decide(e, cell);
                }
            }

            // Of a resident of whom a fact failed nothing changes: the next night plays all of it again.
            var errors = failed.ToDictionary(item => item.Subject, item => item.Reason);
            var results = subjects.Events.Where(e => Whose(e) is not { } whose || !held.Contains(whose))
                .Where(e => !errors.ContainsKey(e.EventId)).Select(e => _results[e.EventId]).ToList();
            return new EventOutcome(
                [.. results.Where(result => result.State != "pending")],
                _history,
                [.. results.Where(result => result.State == "pending"), .. subjects.Events
                    .Where(e => e.State == "pending" && errors.ContainsKey(e.EventId))
                    .Select(e => new EventResult(e.EventId, "pending", null, errors[e.EventId], e.Target))])
            {
                Failed = failed,
                Held = held,
            };
        }

        // An error over one fact is that fact's, and its resident's: the others go on.
        private (IReadOnlyList<FailedItem> Failed, HashSet<string> Held) Play(IReadOnlyList<Fact> facts)
        {
            var held = new HashSet<string>();
            if (items is null)
            {
                foreach (var fact in facts)
                {
                    fact.Play();
                }

                return ([], held);
            }

            var failed = items.Each("event", facts, fact => fact.Subject, fact =>
            {
                fact.Play();
                return fact.Id;
            }).Failed.DistinctBy(item => item.Subject).ToList();
            var subjectsFailed = failed.Select(item => item.Subject).ToHashSet();
            held.UnionWith(facts.Where(fact => subjectsFailed.Contains(fact.Subject)).Select(fact => fact.Whose()).OfType<string>());
            return (failed, held);
        }

        private string? Whose(PendingEvent e) =>
            (_byOrder.GetValueOrDefault(e.Subject) ?? _byCardId.GetValueOrDefault(e.Subject))?.ResidentId
                ?? (_byKey.GetValueOrDefault(e.Subject) ?? _byApplicationId[e.Subject].FirstOrDefault())?.ResidentId
                ?? (subjects.Residents.ContainsKey(e.Subject) ? e.Subject : null);

        private void Play(PendingEvent e)
        {
            var cell = Judge(e);
            if (cell.Effect != EventEffect.Wait)
            {
                Decide(e, cell);
            }
            else if (_waiting.TryGetValue(e.Subject, out var others))
            {
                others.Add(e);
            }
            else
            {
                _waiting.Add(e.Subject, [e]);
            }
        }

        private Cell Judge(PendingEvent e) =>
            CardTransitions.ApplicationKinds.Contains(e.Kind) ? Application(e)
            : CardTransitions.CardKinds.Contains(e.Kind) ? Card(e)
            : CardTransitions.ResidentKinds.Contains(e.Kind) ? Resident(e)
            : CardTransitions.PieceKinds.Contains(e.Kind) ? Piece(e)
            : new Cell(EventEffect.Keep, null, "kind-unknown");

        private void Decide(PendingEvent e, Cell cell)
        {
            _results[e.EventId] = new EventResult(
                e.EventId, cell.Effect == EventEffect.Apply ? "applied" : "kept", cell.Result, null, _meant.GetValueOrDefault(e.EventId));
            if (cell.Effect == EventEffect.Apply
                && (_byOrder.GetValueOrDefault(e.Subject) ?? _byCardId.GetValueOrDefault(e.Subject)) is { } card)
            {
                Retry(card);
            }
        }

        // What waited for a card takes its turn as soon as the card lets it, before anything that happened later.
        private void Retry(TimelineCard card)
        {
            foreach (var subject in new[] { card.OrderId, card.CardId }.OfType<string>())
            {
                while (_waiting.TryGetValue(subject, out var waiting)
                    && waiting.Select(e => (Event: e, Cell: Judge(e))).FirstOrDefault(one => one.Cell.Effect != EventEffect.Wait)
                        is { Event: { } next } found)
                {
                    waiting.Remove(next);
                    Decide(next, found.Cell);
                }
            }
        }

        private static bool Speaks(PendingEvent e, Func<string, bool> isOfSubject) =>
            e.Municipality is "" or CardTransitions.NobodysCode ? CardTransitions.NobodysKinds.Contains(e.Kind) : isOfSubject(e.Municipality);

        private bool LivesIn(string? resident, string municipality, DateOnly on) =>
            resident is not null && subjects.Residents.TryGetValue(resident, out var found) && found.LivesIn(municipality, on);

        private Cell Application(PendingEvent e)
        {
            var named = _byKey.TryGetValue(e.Subject, out var byKey) ? [byKey] : _byApplicationId[e.Subject].ToList();
            named = named.Exists(a => a.Key == e.Target) ? named.FindAll(a => a.Key == e.Target) : named;
            if (named.Count == 0)
            {
                return Wait("subject-unknown");
            }

            if (!Speaks(e, municipality => LivesIn(named[0].ResidentId, municipality, e.On)))
            {
                return Wait(named[0].ResidentId is null ? "subject-not-identified" : "other-municipality");
            }

            // Made again with its ID (R51): the one that goes on is meant, not the one that ended incomplete.
            var fitting = named.Where(a => CardTransitions.Application(e.Kind, a.State).Effect == EventEffect.Apply).ToList();
            var application = fitting.Find(a => a.State != "incomplete") ?? fitting.FirstOrDefault() ?? named[0];
            var cell = CardTransitions.Application(e.Kind, application.State);
            _meant[e.EventId] = application.Key;
            Tell("application", application.Key, e, cell);
            if (cell is { Effect: EventEffect.Apply, State: { } state })
            {
                (application.State, application.Changed) = (state, true);
                // R45: a card lies where it lies until its storage ends.
                foreach (var card in CardsOf(application).Where(card => card.State is "ordered" or "arrived" or "notified"))
                {
                    card.Move("void");
                    card.Changed = true;
                    Tell("card", card.Ref, "void", e, "R16");
                }
            }

            return cell;
        }

        private Cell Card(PendingEvent e)
        {
            if (!(e.Kind == "card-arrived" ? _byOrder : _byCardId).TryGetValue(e.Subject, out var card))
            {
                return Wait("subject-unknown");
            }

            if (!Speaks(e, municipality => SpeaksFor(municipality, card, e)))
            {
                return Wait("other-municipality");
            }

            var cell = CardTransitions.Card(e.Kind, card.State, card.Suspended, card.Held || card.InDispute);
            if (cell.State == "disposed" && card.Disposal is { Out: false })
            {
                // R47: nobody can confirm a list that has not left the house.
                return Wait("list-not-published");
            }

            if (cell.Effect == EventEffect.Apply)
            {
                cell = Change(card, e) is { } refused ? new Cell(EventEffect.Keep, null, refused) : cell;
            }
            else if (cell.Result == "card-in-dispute")
            {
                // Said to be handed over, and void or disposed of here: nobody disposes of it until that is cleared (R46).
                (card.InDispute, card.Changed) = (true, true);
            }

            if (cell is { Effect: EventEffect.Apply, State: { } state })
            {
                card.Move(state == CardTransitions.Withdrawn ? BeforeProposal(card) : state);
            }

            if (cell.Effect != EventEffect.Wait)
            {
                Tell("card", card.Ref, e, cell);
            }

            return cell;
        }

        // It lies at its municipality; once it was handed over its holder's speaks. Who hands over speaks of a card that lies there.
        private bool SpeaksFor(string municipality, TimelineCard card, PendingEvent e) =>
            (card.DeliveredOn is null && card.State != "delivered" && card.OrderId is not null) || e.Kind == "card-delivered"
                ? municipality == card.MunicipalityCode
                : LivesIn(card.ResidentId, municipality, e.On);

        private IEnumerable<TimelineCard> CardsOf(TimelineApplication application) =>
            application.ResidentId is null ? [] : _byResident[application.ResidentId].Where(card => card.ApplicationKey == application.Key);

        /// <summary>Writes what the event says into the card; a code where its value cannot be used.</summary>
        private string? Change(TimelineCard card, PendingEvent e)
        {
            card.Changed = true;
            switch (e.Kind)
            {
                case "card-arrived":
                    return Arrive(card, e);
                case "card-delivered":
                    Deliver(card, e);
                    return null;
                case "card-suspended" or "card-resumed":
                    card.Suspended = e.Kind == "card-suspended";
                    return null;
                case "storage-extended":
                    if (Day(e.Value) is not { } last)
                    {
                        return "value-unusable";
                    }

                    // R45: storage never ends before a day that an extension named, an earlier one either.
                    card.ExtendedUntil = card.ExtendedUntil is { } before && before > last ? before : last;
                    // R44: the deadline of a notice to come is the extended one.
                    card.PickupDeadline = card.PickupDeadline is { } named && named > last ? named : last;
                    Withdraw(card, e);
                    return null;
                case "storage-held":
                    card.Held = true;
                    Withdraw(card, e);
                    return null;
                case "storage-released":
                    (card.Held, card.InDispute) = (false, false);
                    return null;
                case "notice-reissue-requested":
                    card.ReissueRequestedOn = card.ReissueRequestedOn is { } asked && asked > e.On ? asked : e.On;
                    return null;
                case "certificate-renewed":
                    return RenewCertificate(card, e);
                default:
                    return null;
            }
        }

        // CARD_ID=ISSUED_ON; the end of card and certificates follows from R40.
        private string? Arrive(TimelineCard card, PendingEvent e)
        {
            var cells = e.Value.Split('=');
            if (cells.Length != 2 || cells[0].Length == 0 || Day(cells[1]) is not { } issuedOn)
            {
                return "value-unusable";
            }

            if (card.CardId is not null)
            {
                return "arrived-already";
            }

            if (subjects.CardIdsTaken.TryGetValue(cells[0], out var holder) && holder != card.Ref || !_byCardId.TryAdd(cells[0], card))
            {
                return "card-id-is-anothers";
            }

            var resident = subjects.Residents[card.ResidentId];
            var held = _byResident[card.ResidentId].Where(other => other.State == "delivered").Max(other => other.ValidUntil);
            var validity = CardValidity.Of(new(
                resident.BirthDate, _byKey[card.ApplicationKey!].ReceivedOn, issuedOn, held, resident.StayUntil,
                card.WantsSignature, card.WantsUser, card.WithoutPhotograph, policy.RenewalAddsAYear));
            (card.CardId, card.IssuedOn, card.ArrivedOn) = (cells[0], issuedOn, e.On);
            (card.ValidUntil, card.EndsWithStay) = (validity.ValidUntil, validity.EndsWithStay);
            (card.SignatureUntil, card.UserUntil) = (validity.SignatureCertificateUntil, validity.UserCertificateUntil);
            return null;
        }

        private static void Withdraw(TimelineCard card, PendingEvent e)
        {
            card.ProposalWithdrawn |= card.State.StartsWith("disposal-", StringComparison.Ordinal);
            card.NeverProposed |= e.State == "pending";
        }

        private void Deliver(TimelineCard card, PendingEvent e)
        {
            Withdraw(card, e);
            card.DeliveredOn = e.On;
            if (card.ApplicationKey is { } key && _byKey.TryGetValue(key, out var application) && application.State == "ordered")
            {
                (application.State, application.Changed) = ("issued", true);
                Tell("application", application.Key, "issued", e, "");
            }

            // The old card is handed in when the new one is picked up (V2).
            foreach (var old in _byResident[card.ResidentId].Where(other => other != card && other.State == "delivered"))
            {
                old.Move("void");
                old.Changed = true;
                Tell("card", old.Ref, "void", e, "replaced");
            }
        }

        private static string? RenewCertificate(TimelineCard card, PendingEvent e)
        {
            if (Renewal().Match(e.Value) is not { Success: true } match || Day(match.Groups["day"].Value) is not { } day)
            {
                return "value-unusable";
            }

            // R40: no certificate lasts longer than its card. Whoever reports that is mistaken, and nothing is guessed.
            if (day > card.ValidUntil)
            {
                return "past-the-card";
            }

            if (match.Groups["which"].Value == "signature")
            {
                card.SignatureUntil = day;
            }
            else
            {
                card.UserUntil = day;
            }

            return null;
        }

        private Cell Resident(PendingEvent e)
        {
            if (!subjects.Residents.TryGetValue(e.Subject, out var resident))
            {
                return Wait("subject-unknown");
            }

            if (!Speaks(e, municipality => resident.LivesIn(municipality, e.On)))
            {
                return Wait("other-municipality");
            }

            var held = _byResident[e.Subject].Where(card => card.State == "delivered").ToList();
            var cell = CardTransitions.Resident(e.Kind, resident.LeftOn is null || resident.LeftOn > e.On, held.Count > 0);
            if (cell.Effect == EventEffect.Apply && e.Kind == "replacement-approved")
            {
                held.ForEach(card => (card.ReplacementApproved, card.Changed) = (true, true));
            }

            Tell("resident", e.Subject, e, cell);
            return cell;
        }

        private Cell Piece(PendingEvent e)
        {
            if (!subjects.Pieces.TryGetValue(e.Subject, out var piece))
            {
                return Wait("subject-unknown");
            }

            if (!Speaks(e, municipality => municipality == piece.MunicipalityCode))
            {
                return Wait("other-municipality");
            }

            var cell = CardTransitions.Piece(e.Kind, piece.State);
            if (cell is { Effect: EventEffect.Apply, State: { } state })
            {
                (piece.State, piece.Changed) = (state, true);
            }

            if (cell.Effect != EventEffect.Wait)
            {
                Tell("piece", piece.PieceId, e, cell);
            }

            return cell;
        }

        private void Propose(TimelineCard card)
        {
            if (card.NeverProposed || card.State is not ("arrived" or "notified" or "void"))
            {
                card.ProposalWithdrawn = true;
                return;
            }

            card.BeforeProposal = card.State == "arrived" && card.NoticePosted ? "notified" : card.State;
            card.Move(card.Disposal!.State);
            Retry(card);
        }

        private string BeforeProposal(TimelineCard card) => card.BeforeProposal
            ?? (card.ApplicationKey is { } key && _byKey.TryGetValue(key, out var application) && application.State != "ordered" ? "void"
                : card.PickupDeadline is null ? "arrived" : "notified");

        private void Change(RegisterFact fact)
        {
            var rule = RegisterTransitions.Rule(fact.Change);
            var cards = _byResident[fact.ResidentId].ToList();
            foreach (var application in _applicationsOf[fact.ResidentId]
                .Where(a => RegisterTransitions.Application(fact.Change, a.State) != RegisterTransitions.Stays))
            {
                var live = cards.Where(card => card.ApplicationKey == application.Key && card.State != "void").ToList();
                if (RegisterFacts.Ends(fact, application) && (fact.Change != "number-changed" || live.TrueForAll(Ends)))
                {
                    (application.State, application.Changed) = ("void", true);
                    _history.Add(new("application", application.Key, "void", "register", rule));
                }
                else if (application.State == "ordered" && live.Count > 0 && live.TrueForAll(Ends))
                {
                    (application.Again, application.Changed) = (true, true);
                }
            }

            foreach (var card in cards.Where(Ends))
            {
                card.Move("void");
                card.Changed = true;
                _history.Add(new("card", card.Ref, "void", "register", rule));
                Retry(card);
            }

            bool Ends(TimelineCard card) =>
                RegisterTransitions.Card(fact.Change, card.State) != RegisterTransitions.Stays
                && RegisterFacts.Ends(fact, card, card.ApplicationKey is { } key ? _byKey.GetValueOrDefault(key) : null,
                    IsHandedOver(card));
        }

        private bool IsHandedOver(TimelineCard card) =>
            card.CardId is { } id ? _handedOver.Contains(id) : _cardIdsOfOrder[card.Ref].Any(_handedOver.Contains);

        private void Tell(string kind, string subject, PendingEvent e, Cell cell) => Tell(
            kind, subject, cell.Effect == EventEffect.Apply ? cell.State is null or CardTransitions.Withdrawn ? e.Kind : cell.State
                : $"{e.Kind} kept",
            e, cell.Effect == EventEffect.Apply ? e.Kind : cell.Result);

        private void Tell(string kind, string subject, string what, PendingEvent e, string why) =>
            _history.Add(new(kind, subject, what, e.EventId, why));

        private static Cell Wait(string why) => new(EventEffect.Wait, null, why);

        // As of a feed: what lies further away is a slip of the pen.
        private static DateOnly? Day(string text) =>
            ValueClass.TryDate(text, out var day) && day >= ValueClass.DayMin && day.Year < YearMax ? day : null;
    }

    private const int YearMax = 3000;

    [GeneratedRegex("^(?<which>signature|user)=(?<day>[0-9-]{10})$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Renewal();
}

/// <summary>What became of an event.</summary>
/// <param name="State">`applied`, `kept` or `pending`.</param>
/// <param name="Result">What it did, or why it is kept; null while it waits.</param>
/// <param name="Target">The application that it means.</param>
internal sealed record EventResult(string EventId, string State, string? Result, string? WaitsFor = null, string? Target = null);

/// <summary>A line of history to write.</summary>
internal sealed record HistoryLine(string Kind, string Subject, string What, string By, string Why);

/// <summary>All results and lines of one round, and what waits.</summary>
internal sealed record EventOutcome(
    IReadOnlyList<EventResult> Results, IReadOnlyList<HistoryLine> History, IReadOnlyList<EventResult> Waiting)
{
    /// <summary>Facts that an error failed.</summary>
    public IReadOnlyList<FailedItem> Failed { get; init; } = [];

    /// <summary>Residents of whom nothing changes, as a fact of theirs failed.</summary>
    public IReadOnlySet<string> Held { get; init; } = new HashSet<string>();
}
