package org

import (
	"slices"
	"strings"

	"amend/access"
	"amend/fault"
)

// CheckRoles answers nil if one account may hold roles together: at least one, each known,
// and no duties that must stay apart.
func CheckRoles(roles []access.Role) *fault.Error {
	if len(roles) == 0 {
		return fault.New(fault.Invalid, "role_needed", "roles", join(access.Roles()))
	}
	for _, r := range roles {
		if !slices.Contains(access.Roles(), r) {
			return fault.New(fault.Invalid, "role_unknown", "roles", join(access.Roles()))
		}
	}
	return checkDuties(roles)
}

// checkDuties keeps system, security and audit administration apart, as 等保 (GB/T
// 22239-2019, level 3) asks: one account, and one person with a stand-in's powers, holds at
// most one of operator, security and auditor. App and portal speak for customers and hold
// nothing else, not even each other.
func checkDuties(roles []access.Role) *fault.Error {
	if both := held(roles, access.Operator, access.Security, access.Auditor); len(both) > 1 {
		return fault.New(fault.Invalid, "duties_apart", "roles", join(both))
	}
	for _, alone := range held(roles, access.App, access.Portal) {
		if slices.ContainsFunc(roles, func(r access.Role) bool { return r != alone }) {
			return fault.New(fault.Invalid, "role_alone", "role", alone)
		}
	}
	return nil
}

// held lists which of some are among roles, each once.
func held(roles []access.Role, some ...access.Role) []access.Role {
	return slices.DeleteFunc(some, func(r access.Role) bool { return !slices.Contains(roles, r) })
}

func join(roles []access.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, ",")
}
