package access

import (
	"slices"
	"strings"

	"amend/fault"
)

// Who lists the roles that may do act, in the order of Roles. It is the one table of
// permissions: an act that is not here is nobody's. Rooms narrow it further (the level of a
// plan, one's own request, scope); nothing widens it.
//
// Duties are kept apart as 等保 (GB/T 22239-2019, level 3) asks: the operator runs the house
// and sees no customer, security writes policy and decides no change, the auditor reads and
// changes nothing.
func (act Act) Who() []Role {
	switch act {
	case FileChange, FileCreate, AttachEvidence, SendChallenge, AttestCallback, AttestSighted, Answer, Withdraw:
		return []Role{Agent, Steward}
	case ReadCustomers, SearchCustomers, Reveal, ReadChanges:
		return []Role{Agent, Steward, Approver, Owner, Auditor, Privacy}
	case ListCustomers:
		return []Role{Steward, Owner, Auditor, Privacy}
	case Approve, Reject, Ask:
		return []Role{Steward, Approver, Owner, Privacy}
	case DecideDispute, Reassign:
		return []Role{Steward, Approver, Owner}
	case Freeze:
		return []Role{Agent, Steward, Approver, Owner, Privacy, Security}
	case Rebase, MergeRecords, ManageSignals:
		return []Role{Steward}
	case EraseRecord, ManageRetention:
		return []Role{Privacy}
	case ExportBulk:
		return []Role{Steward, Owner, Privacy}
	case ApproveBulk:
		return []Role{Approver, Owner, Privacy}
	case ReadBoard, ReadReports, ReadPeople, ReadPolicy, Delegate:
		return []Role{Agent, Steward, Approver, Owner, Auditor, Privacy, Integrator, Operator, Security}
	case ReadLog:
		return []Role{Steward, Approver, Owner, Auditor, Privacy, Operator, Security}
	case ReadPrivacy:
		return []Role{Auditor, Privacy}
	case ReadSystems:
		return []Role{Steward, Owner, Auditor, Integrator, Operator}
	case ManageSystems:
		return []Role{Integrator}
	case RetryDeliveries:
		return []Role{Steward, Integrator, Operator}
	case Import:
		return []Role{Steward, Operator}
	case ApproveImport:
		return []Role{Owner, Operator}
	case ManagePeople, ManageTokens, ManageKeys:
		return []Role{Operator}
	case ChangePolicy, ActivatePolicy:
		return []Role{Security}
	case ManageCatalog, ManageTexts:
		return []Role{Owner, Security}
	case Vouch:
		return []Role{App, Portal}
	}
	return nil
}

// CustomerOnly reports whether act needs the customer's own credential. Staff never see,
// hear or enter a customer's code; a staff dispute is Freeze.
func (act Act) CustomerOnly() bool {
	switch act {
	case ProveByCode, ConfirmIt, DisputeIt, NotMine:
		return true
	}
	return false
}

// May answers nil if a may do act, and otherwise a fault that says who may. It knows
// roles and the purpose of a link only: which record, request or level is its caller's rule.
func (a Actor) May(act Act) *fault.Error {
	switch {
	case a.Sort == Customer:
		return a.mayAsCustomer(act)
	case act.CustomerOnly():
		return fault.New(fault.Denied, "customer_only", "act", act)
	case a.Sort == System:
		return mayAsAmend(act)
	case a.Sort == Staff && act != Vouch, a.Sort == Client: // a person at a keyboard never vouches
		if slices.ContainsFunc(act.Who(), a.Has) {
			return nil
		}
	}
	return notAllowed(act)
}

// mayAsCustomer ignores roles: a customer has none, whatever the actor carries.
func (a Actor) mayAsCustomer(act Act) *fault.Error {
	switch {
	case slices.Contains(a.customerActs(), act):
		return nil
	case a.Via == "link":
		return fault.New(fault.Denied, "link_other_purpose", "act", act)
	case act.CustomerOnly():
		return fault.New(fault.Denied, "customer_only", "act", act)
	}
	return notAllowed(act)
}

// customerActs is what the customer's credential allows: everything of the customer's when a
// client vouches, the purpose of the token when it is a link. A token sent to a contact that
// the change itself proposes proves that contact or says "not mine"; it never shows the
// record, confirms or freezes, because it may have reached a stranger.
func (a Actor) customerActs() []Act {
	switch {
	case a.Via == "":
		return nil
	case a.Via != "link":
		return []Act{FileChange, FileCreate, ReadCustomers, ReadChanges, SendChallenge, AttachEvidence, Answer, Withdraw, ProveByCode, ConfirmIt, DisputeIt, NotMine}
	}
	switch a.Link.Purpose {
	case Status:
		return []Act{ReadChanges, SendChallenge, AttachEvidence, Answer, Withdraw, ProveByCode}
	case Address:
		return []Act{ProveByCode, NotMine}
	case Confirm:
		if !a.Link.New {
			return []Act{ReadChanges, ConfirmIt, DisputeIt}
		}
	case Dispute:
		if !a.Link.New {
			return []Act{ReadChanges, DisputeIt}
		}
		return []Act{NotMine}
	}
	return nil
}

// mayAsAmend is what timers and the work loop do by themselves: screen again before an
// effective date, retry, reconcile. They decide nothing.
func mayAsAmend(act Act) *fault.Error {
	switch act {
	case Rebase, RetryDeliveries, ReadSystems, ReadChanges, ReadCustomers:
		return nil
	}
	return notAllowed(act)
}

func notAllowed(act Act) *fault.Error {
	var who []string
	for _, r := range act.Who() {
		who = append(who, string(r))
	}
	return fault.New(fault.Denied, "not_allowed", "act", act, "who", strings.Join(who, ","))
}
