using CleanStreets.Ingest.Acknowledge;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Clock;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Quarantine;
using CleanStreets.Ingest.Receive;
using CleanStreets.Ingest.Receive.Broker;
using CleanStreets.Ingest.Receive.Events;
using CleanStreets.Ingest.Score;
using CleanStreets.Ingest.Snapshot;
using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Store.Log;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>The validated options of all stages.</summary>
internal sealed class IngestOptions(
    IOptions<PipelineOptions> pipeline,
    IOptions<AdmissionOptions> admission,
    IOptions<JournalOptions> journal,
    IOptions<AcknowledgeOptions> acknowledge,
    IOptions<MatchStageOptions> match,
    IOptions<ScoreStageOptions> score,
    IOptions<StoreOptions> store,
    IOptions<StoreLogOptions> storeLog,
    IOptions<QuarantineOptions> quarantine,
    IOptions<EventsOptions> events,
    IOptions<SnapshotOptions> snapshot,
    IOptions<BrokerOptions> broker,
    IOptions<BudgetOptions> budget,
    IOptions<ClockOptions> clock)
{
    public PipelineOptions Pipeline => pipeline.Value;

    public AdmissionOptions Admission => admission.Value;

    public JournalOptions Journal => journal.Value;

    public AcknowledgeOptions Acknowledge => acknowledge.Value;

    public MatchStageOptions Match => match.Value;

    public ScoreStageOptions Score => score.Value;

    public StoreOptions Store => store.Value;

    public StoreLogOptions StoreLog => storeLog.Value;

    public QuarantineOptions Quarantine => quarantine.Value;

    public EventsOptions Events => events.Value;

    public SnapshotOptions Snapshot => snapshot.Value;

    public BrokerOptions Broker => broker.Value;

    public BudgetOptions Budget => budget.Value;

    public ClockOptions Clock => clock.Value;
}
