// Package connector is the catalogue of the outside worlds that Amend can keep in step:
// an explicit table from the name in a system's settings to what builds its connector.
package connector

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"amend/connector/sqltable"
	"amend/connector/webhook"
	"amend/downstream"
	"amend/fault"
	"amend/internal/dial"
)

// Setup is what a connector may need of its surroundings.
type Setup struct {
	Settings json.RawMessage  // System.Settings
	Secret   string           // opened for this use: signing secrets, a database URL
	Guard    *dial.Guard      // every network connection is judged by it
	Folder   string           // where SQLite files of downstream systems may stand; "" permits none
	Now      func() time.Time // for signatures
}

// table is the whole catalogue.
func table() map[string]func(Setup) (downstream.Connector, error) {
	return map[string]func(Setup) (downstream.Connector, error){
		"webhook": func(s Setup) (downstream.Connector, error) {
			c, err := webhook.New(webhook.Config{Settings: s.Settings, Secret: s.Secret, Guard: s.Guard, Now: s.Now})
			return built(c, err)
		},
		"sqltable": func(s Setup) (downstream.Connector, error) {
			c, err := sqltable.New(sqltable.Config{Settings: s.Settings, Secret: s.Secret, Guard: s.Guard, Folder: s.Folder})
			return built(c, err)
		},
	}
}

// built keeps a nil pointer from hiding inside a non-nil interface.
func built(c downstream.Connector, err error) (downstream.Connector, error) {
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Names lists the catalogue, for help texts and forms.
func Names() []string { return slices.Sorted(maps.Keys(table())) }

// New builds the connector called name. Nothing is called until the first delivery, so
// New also serves to check settings before they are saved. Whoever builds a connector
// closes it (io.Closer) when the system's settings change or the program ends.
func New(name string, s Setup) (downstream.Connector, error) {
	build, ok := table()[name]
	if !ok {
		return nil, fault.New(fault.Invalid, "unknown_connector", "connector", name)
	}
	return build(s)
}
