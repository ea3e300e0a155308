using MyNumber.Batch.Cards;
using MyNumber.Batch.Intake;
using MyNumber.Batch.Notices;
using MyNumber.Batch.Printing;
using MyNumber.Batch.Reading;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Selection;
using MyNumber.Batch.Status;
using MyNumber.Batch.Storage;
using MyNumber.Batch.Validation;

namespace MyNumber.Batch;

/// <summary>The whole flow in one place: the kinds of runs and their steps, in order (ENGINE.md, rule 9).</summary>
public static class Night
{
    /// <summary>The steps of a night in order; a step's ordinal is its place here, from 1.</summary>
    public static IReadOnlyList<StepDefinition> Steps(NightServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return
        [
            new IntakeStep(services).Definition,
            new ReadStep(services).Definition,
            new ValidateStep(services.Database, services.Keys, services.Numbers, services.Ids, services.Policy).Definition,
            new SelectStep(services.Policy).Definition,
            new OrderCardsStep(services, CutPhoto).Definition,
            new NoticesStep(services).Definition,
            new PrintStep(services).Definition,
            new VendorStep(services).Definition,
            new StorageStep(services).Definition,
            new StatusStep(services, () => Steps(services)).Definition,
        ];
    }

    /// <summary>The report of a home's nights.</summary>
    public static NightReport ReportOf(NightServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return new(services.Home, services.Database, services.Policy, () => Steps(services));
    }

    /// <summary>Every kind of drop, and how it leaves the house.</summary>
    public static IReadOnlyList<Handover> Handovers(NightServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return
        [
            new OrderCardsStep(services, CutPhoto).Handover,
            new NoticesStep(services).Handover,
            new PrintStep(services).Handover,
            Disposals.HandoverOf(services),
            StatusStep.HandoverOf(services),
        ];
    }

    /// <summary>
    /// Hands over what was decided and left behind: by a kill outside of a run, a skipped publish, an abandoned night. Called
    /// when `serve` starts and once in a while, before a night, and after two people have approved.
    /// </summary>
    public static Task<IReadOnlyList<HandedOver>> FinishPendingAsync(NightServices services, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.Handovers.FinishPendingAsync(Handovers(services), cancellation);
    }

    private static byte[]? CutPhoto(byte[] file, int page) => PageReader.OfThisThread.PhotoPng(file, page);

    /// <summary>Every kind of run with its steps.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<StepDefinition>> Kinds(NightServices services)
    {
        var steps = Steps(services);
        return new Dictionary<string, IReadOnlyList<StepDefinition>>
        {
            ["night"] = steps,
            // `purge propose` does what the night's storage step does, again (ENGINE.md, rule 9).
            ["disposal"] = [.. steps.Where(step => step.Name == "storage")],
        };
    }

    /// <summary>The run engine with every kind of run of a home.</summary>
    public static RunEngine CreateEngine(NightServices services, EngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        return new(
            services.Database, Kinds(services), services.Home.Outbox, services.Clock,
            options with { AfterPublish = Drops.SweepAfterPublishAsync });
    }
}
