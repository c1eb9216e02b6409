package console

// houseRoutes are the pages about the house: its systems, its supervision, its log, its people.
func (s *Site) houseRoutes() []route {
	return []route{
		get("/systems", systemsShow),
		get("/systems/new", sure("/systems/new", systemAddShow)),
		post("/systems", sure("/systems/new", systemAdd)),
		get("/systems/{system}", systemShow),
		post("/systems/{system}/retry", systemRetry),
		post("/systems/{system}/skip", systemSkip),
		post("/systems/{system}/replay", systemReplay),
		post("/systems/{system}/test", systemTest),
		get("/systems/{system}/pause", sure("/systems/{system}/pause", systemPauseShow)),
		post("/systems/{system}/pause", sure("/systems/{system}/pause", systemPause)),
		post("/systems/{system}/resume", sure("/systems/{system}", systemResume)),
		post("/systems/{system}/load", sure("/systems/{system}", systemLoad)),

		get("/supervision", supervisionShow),

		get("/policy", policyShow),
		get("/policy/new", draftShow),
		get("/policy/try", tryShow),
		long(post("/policy", draftAdd), "text"),
		get("/policy/{version}", versionShow),
		post("/policy/{version}/agree", sure("/policy/{version}", versionAgree)),
		post("/policy/{version}/drop", versionDrop),
		post("/policy/{version}/restore", versionRestore),

		get("/audit", auditShow),
		get("/audit/checkpoints", auditHeadsShow),
		get("/audit/{entry}", proofShow),
		get("/audit/{entry}/proof.json", proofBundle),

		get("/admin", adminShow),
		get("/admin/people", peopleShow),
		post("/admin/people", sure("/admin/people", personAdd)),
		get("/admin/people/{person}", personShow),
		post("/admin/people/{person}/link", sure("/admin/people/{person}", personLink)),
		post("/admin/people/{person}/absence", personAbsence),
		post("/admin/people/{person}/leave", sure("/admin/people/{person}", personLeave)),
		get("/admin/roles", rolesShow),
		get("/admin/departments", departmentsShow),
		get("/admin/catalog", catalogShow),
		get("/admin/texts", textsShow),
		get("/admin/texts/{kind}", textShow),
		post("/admin/texts/{kind}", sure("/admin/texts/{kind}", textRehearse)),
		get("/admin/tokens", tokensShow),
		post("/admin/tokens", sure("/admin/tokens", tokenAdd)),
		post("/admin/tokens/{token}/revoke", sure("/admin/tokens", tokenRevoke)),
	}
}
