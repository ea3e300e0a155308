using System.Globalization;
using System.Text.RegularExpressions;
using MyNumber.Batch.Calendar;
using MyNumber.Batch.Runs;

namespace MyNumber.Batch.Cards;

/// <summary>
/// Events of municipalities, call centre and factory: each is applied once, in the order they occurred, by the table in
/// <see cref="Transitions"/>. An event whose subject nobody knows yet stays pending; one that makes no sense is kept.
/// </summary>
public static partial class Events
{
    /// <summary>Applies every pending event whose subject is known by now, in one transaction.</summary>
    public static async Task ApplyPendingAsync(StoreContext context, Policy policy, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(policy);
        var subjects = await EventSubjects.LoadAsync(context, policy, cancellation);
        if (subjects.Events.Count > 0)
        {
            var changes = new Applier(subjects, policy).Apply();
            await EventChanges.SaveAsync(context, subjects, changes, cancellation);
        }

        await EventChanges.MarkRegisteredAsync(context, cancellation);
    }

    /// <summary>Applies the events one by one to the subjects in memory. No database, no clock.</summary>
    internal sealed class Applier(EventSubjects subjects, Policy policy)
    {
        private readonly List<EventResult> _results = [];
        private readonly List<HistoryLine> _history = [];
        private readonly Dictionary<string, CardSubject> _byOrder =
            subjects.Cards.Where(card => card.OrderId is not null).ToDictionary(card => card.OrderId!);
        private readonly Dictionary<string, CardSubject> _byCardId =
            subjects.Cards.Where(card => card.CardId is not null).ToDictionary(card => card.CardId!);
        private readonly ILookup<string, CardSubject> _byResident = subjects.Cards.ToLookup(card => card.ResidentId);
        private readonly Dictionary<string, ApplicationSubject> _byKey = subjects.Applications.ToDictionary(a => a.Key);
        private readonly ILookup<string?, ApplicationSubject> _byApplicationId =
            subjects.Applications.ToLookup(a => a.ApplicationId);

        public EventOutcome Apply()
        {
            foreach (var e in subjects.Events)
            {
                var cell = Transitions.ApplicationKinds.Contains(e.Kind) ? Application(e)
                    : Transitions.CardKinds.Contains(e.Kind) ? Card(e)
                    : Transitions.ResidentKinds.Contains(e.Kind) ? Resident(e)
                    : Transitions.PieceKinds.Contains(e.Kind) ? Piece(e)
                    : new Cell(EventEffect.Keep, null, "kind-unknown");
                if (cell is not null && cell.Effect != EventEffect.Wait)
                {
                    _results.Add(new EventResult(e.EventId, cell.Effect == EventEffect.Apply ? "applied" : "kept", cell.Result));
                }
            }

            return new EventOutcome(_results, _history);
        }

        private Cell? Application(PendingEvent e)
        {
            var named = _byKey.TryGetValue(e.Subject, out var byKey) ? [byKey] : _byApplicationId[e.Subject].ToList();
            if (named.Count == 0)
            {
                return null;
            }

            // Made again with its ID (R51): the one that goes on is meant, not the one that ended incomplete.
            var fitting = named.Where(a => Transitions.Application(e.Kind, a.State).Effect == EventEffect.Apply).ToList();
            var application = fitting.Find(a => a.State != "incomplete") ?? fitting.FirstOrDefault() ?? named[0];
            var cell = Transitions.Application(e.Kind, application.State);
            Tell("application", application.Key, e, cell);
            if (cell is { Effect: EventEffect.Apply, State: { } state })
            {
                (application.State, application.Changed) = (state, true);
                if (_byOrder.TryGetValue(application.Key, out var card) && card.State is "ordered" or "arrived" or "notified")
                {
                    // R45: it lies where it lies until its storage ends.
                    card!.Move("void");
                    card.Changed = true;
                    _history.Add(new("card", card.Ref, "void", e.EventId, "R16"));
                }
            }

            return cell;
        }

        private Cell? Card(PendingEvent e)
        {
            if (!(e.Kind == "card-arrived" ? _byOrder : _byCardId).TryGetValue(e.Subject, out var card))
            {
                return null;
            }

            var cell = Transitions.Card(e.Kind, card.State, card.Suspended, card.Held || card.InDispute);
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
                card.Move(state == Transitions.Withdrawn ? BeforeProposal(card) : state);
            }

            if (cell.Effect != EventEffect.Wait)
            {
                Tell("card", card.Ref, e, cell);
            }

            return cell;
        }

        /// <summary>Writes what the event says into the card; a code where its value cannot be used.</summary>
        private string? Change(CardSubject card, PendingEvent e)
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
                    card.ProposalWithdrawn |= card.State.StartsWith("disposal-", StringComparison.Ordinal);
                    return null;
                case "storage-held":
                    card.Held = true;
                    card.ProposalWithdrawn |= card.State.StartsWith("disposal-", StringComparison.Ordinal);
                    return null;
                case "storage-released":
                    (card.Held, card.InDispute) = (false, false);
                    return null;
                case "notice-reissue-requested":
                    card.ReissueRequestedOn = e.On;
                    return null;
                case "certificate-renewed":
                    return RenewCertificate(card, e);
                default:
                    return null;
            }
        }

        // CARD_ID=ISSUED_ON; the end of card and certificates follows from R40.
        private string? Arrive(CardSubject card, PendingEvent e)
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

            if (!_byCardId.TryAdd(cells[0], card))
            {
                return "card-id-is-anothers";
            }

            var resident = subjects.Residents[card.ResidentId];
            var held = _byResident[card.ResidentId].Where(other => other.State == "delivered").Max(other => other.ValidUntil);
            var validity = CardValidity.Of(new(
                resident.BirthDate, _byKey[card.OrderId!].ReceivedOn, issuedOn, held, resident.StayUntil,
                card.WantsSignature, card.WantsUser, card.WithoutPhotograph, policy.RenewalAddsAYear));
            (card.CardId, card.IssuedOn, card.ArrivedOn) = (cells[0], issuedOn, e.On);
            (card.ValidUntil, card.EndsWithStay) = (validity.ValidUntil, validity.EndsWithStay);
            (card.SignatureUntil, card.UserUntil) = (validity.SignatureCertificateUntil, validity.UserCertificateUntil);
            return null;
        }

        private void Deliver(CardSubject card, PendingEvent e)
        {
            card.ProposalWithdrawn |= card.State.StartsWith("disposal-", StringComparison.Ordinal);
            if (card.OrderId is { } order && _byKey.TryGetValue(order, out var application) && application.State == "ordered")
            {
                (application.State, application.Changed) = ("issued", true);
                _history.Add(new("application", application.Key, "issued", e.EventId, ""));
            }

            // The old card is handed in when the new one is picked up (V2).
            foreach (var old in _byResident[card.ResidentId].Where(other => other != card && other.State == "delivered"))
            {
                old.Move("void");
                old.Changed = true;
                _history.Add(new("card", old.Ref, "void", e.EventId, "replaced"));
            }
        }

        private static string? RenewCertificate(CardSubject card, PendingEvent e)
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

        private Cell? Resident(PendingEvent e)
        {
            if (!subjects.Residents.TryGetValue(e.Subject, out var resident))
            {
                return null;
            }

            var held = _byResident[e.Subject].Where(card => card.State == "delivered").ToList();
            var cell = Transitions.Resident(e.Kind, resident.LeftOn is null || resident.LeftOn > e.On, held.Count > 0);
            if (cell.Effect == EventEffect.Apply && e.Kind == "replacement-approved")
            {
                held.ForEach(card => (card.ReplacementApproved, card.Changed) = (true, true));
            }

            Tell("resident", e.Subject, e, cell);
            return cell;
        }

        private Cell? Piece(PendingEvent e)
        {
            if (!subjects.Pieces.TryGetValue(e.Subject, out var piece))
            {
                return null;
            }

            var cell = Transitions.Piece(e.Kind, piece.State);
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

        private string BeforeProposal(CardSubject card) =>
            card.OrderId is { } order && _byKey.TryGetValue(order, out var application) && application.State != "ordered" ? "void"
            : card.PickupDeadline is null ? "arrived" : "notified";

        private void Tell(string kind, string subject, PendingEvent e, Cell cell) => _history.Add(new(
            kind, subject, cell.Effect == EventEffect.Apply ? cell.State is null or Transitions.Withdrawn ? e.Kind : cell.State
                : $"{e.Kind} kept",
            e.EventId, cell.Effect == EventEffect.Apply ? e.Kind : cell.Result));

        private static DateOnly? Day(string text) =>
            DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
    }

    [GeneratedRegex("^(?<which>signature|user)=(?<day>[0-9-]{10})$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Renewal();
}

/// <summary>What became of an event.</summary>
internal sealed record EventResult(string EventId, string State, string Result);

/// <summary>A line of history to write.</summary>
internal sealed record HistoryLine(string Kind, string Subject, string What, string By, string Why);

/// <summary>All results and lines of one round.</summary>
internal sealed record EventOutcome(IReadOnlyList<EventResult> Results, IReadOnlyList<HistoryLine> History);
