package main

import (
	"context"

	"amend/internal/doctor"
	"amend/internal/oncall"
)

// watch is what tells who is on call how this server is.
func (a *app) watch(h *house, roster oncall.Roster) *oncall.Watch {
	patient, _ := a.patient(false)
	return oncall.New(oncall.Config{
		Roster: roster, Channels: h.channels, Claim: h.desk.ClaimShard, Now: now, Log: a.logger(),
		Look: func(ctx context.Context) ([]doctor.Finding, bool) {
			return doctor.Glance(ctx, patient, h.store, h.desk)
		},
		House: oncall.House{Brand: a.config.Brand, Lang: a.lang, Address: a.config.BaseURL, Zone: a.config.Zone()},
	})
}

// onCall reads who is told, and makes sure that there is a way to each of them.
func (a *app) onCall() (oncall.Roster, error) {
	roster, err := oncall.Parse(a.config.OnCall)
	if err == nil {
		err = roster.Check(a.config.SMTP != "", a.config.SMS != "")
	}
	return roster, err
}
