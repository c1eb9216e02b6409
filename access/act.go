package access

// An Act is one thing that somebody does to the product, named by what it touches and the verb.
type Act string

// What concerns customers' records.
const (
	FileChange      Act = "change.file"      // files a change request on a record
	FileCreate      Act = "customer.create"  // files a request of kind create: a new record
	ReadCustomers   Act = "customer.read"    // one record, its history and deliveries; values masked
	SearchCustomers Act = "customer.search"  // finds records by an identifier or a name
	Reveal          Act = "customer.reveal"  // sees values unmasked, for a stated purpose, leaving an entry
	ListCustomers   Act = "customer.list"    // pages through records
	Vouch           Act = "customer.vouch"   // says that a signed-in customer is at the other end
	MergeRecords    Act = "customer.merge"   // files the merge of two records, or undoes one
	EraseRecord     Act = "customer.erase"   // files an erasure, a restriction or a legal hold
	ExportBulk      Act = "customer.export"  // files an export of many records
	ApproveBulk     Act = "customer.release" // second person of a merge, an erasure or an export
)

// What concerns one change request.
const (
	ReadChanges    Act = "change.read"           // sees requests, their plan and their receipt; values masked
	SendChallenge  Act = "change.challenge"      // sends a code or a link to a contact of the customer; never sees it
	AttachEvidence Act = "change.evidence"       // adds a document to a request
	AttestCallback Act = "change.attest_call"    // posts the outcome of a call-back
	AttestSighted  Act = "change.attest_sighted" // posts that an original document was seen
	Approve        Act = "change.approve"        // decides yes; the level of the plan narrows who
	Reject         Act = "change.reject"         // decides no, with a reason
	Ask            Act = "change.ask"            // asks the filer a question
	Answer         Act = "change.answer"         // answers it: the filer's own, or the customer's
	Withdraw       Act = "change.withdraw"       // takes a request back: the filer's own, or the customer's
	Freeze         Act = "change.freeze"         // stops a request until a dispute is decided; nothing more
	DecideDispute  Act = "change.decide"         // ends a dispute: resume, reject, keep, revert
	Rebase         Act = "change.rebase"         // sets a request on the record as it is now, or screens it again
	Reassign       Act = "change.reassign"       // gives an open task to somebody else
)

// Acts of the customer: only the customer's own credential does them.
const (
	ProveByCode Act = "change.prove"    // answers a challenge with its code or link
	ConfirmIt   Act = "change.confirm"  // "yes, that was me and it is right"
	DisputeIt   Act = "change.dispute"  // "this was not me": freezes, and may ask for the change to be undone
	NotMine     Act = "change.not_mine" // the proposed contact belongs to somebody else: it fails to prove, nothing freezes
)

// What concerns the house: board, log, systems, imports, people, policy.
const (
	ReadBoard       Act = "board.read"        // what is open, late, frozen, not in sync
	ReadLog         Act = "log.read"          // entries, proofs and checkpoints; never values
	ReadSystems     Act = "system.read"       // systems and their deliveries, payload masked
	ManageSystems   Act = "system.manage"     // connects, maps, pauses and removes systems
	RetryDeliveries Act = "delivery.retry"    // sends again, reconciles, resolves an exception
	ManageSignals   Act = "signal.manage"     // judges hints that a value may be wrong
	Import          Act = "import.file"       // starts an import: proposals through policy, or a migration
	ApproveImport   Act = "import.approve"    // lets a later migration run go ahead: never the one who started it
	ReadPeople      Act = "people.read"       // who works here, with which role, who is absent
	ManagePeople    Act = "people.manage"     // people, departments, absences of others, sign-in links
	ManageTokens    Act = "token.manage"      // bearer tokens of people and clients
	Delegate        Act = "people.delegate"   // names one's own absence and stand-in
	ReadPolicy      Act = "policy.read"       // reads, lints and simulates policy
	ChangePolicy    Act = "policy.change"     // drafts a policy version
	ActivatePolicy  Act = "policy.activate"   // second person who puts a version in force
	ManageCatalog   Act = "catalog.manage"    // publishes fields: tier, purpose, owner, retention, mask
	ManageTexts     Act = "text.manage"       // texts of messages to customers
	ManageKeys      Act = "key.manage"        // keys, backups, restores
	ReadReports     Act = "report.read"       // quality, freshness, times
	ReadPrivacy     Act = "privacy.read"      // the read log: who saw whose values, and why
	ManageRetention Act = "privacy.retention" // consents, retention periods, incidents
)

// Acts lists every act, in the order the matrix shows them.
func Acts() []Act {
	return []Act{
		FileChange, FileCreate, ReadCustomers, SearchCustomers, ListCustomers, Reveal, Vouch,
		MergeRecords, EraseRecord, ExportBulk, ApproveBulk,
		ReadChanges, SendChallenge, AttachEvidence, AttestCallback, AttestSighted, Approve, Reject, Ask, Answer,
		Withdraw, Freeze, DecideDispute, Rebase, Reassign,
		ProveByCode, ConfirmIt, DisputeIt, NotMine,
		ReadBoard, ReadLog, ReadReports, ReadPrivacy, ReadSystems, ManageSystems, RetryDeliveries, ManageSignals,
		Import, ApproveImport, ReadPeople, ManagePeople, ManageTokens, Delegate,
		ReadPolicy, ChangePolicy, ActivatePolicy, ManageCatalog, ManageTexts, ManageKeys, ManageRetention,
	}
}
