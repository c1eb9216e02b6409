package console

// customerRoutes are the pages about customers, and taking in what they say.
func (s *Site) customerRoutes() []route {
	return []route{
		get("/customers", customersShow),
		get("/customers/search", searchAgain),
		post("/customers/search", customersSearch),
		get("/customers/{customer}", customerShow),
		get("/customers/{customer}/history", historyShow),
		get("/customers/{customer}/reveal", customerHidden),
		post("/customers/{customer}/reveal", customerReveal),
		post("/customers/{customer}/hints", hintAdd),
		post("/customers/{customer}/hints/{hint}", hintJudge),

		get("/intake", intakeShow),
		post("/intake/find", intakeFind),
		get("/intake/regions", intakeRegions),
		get("/intake/new", intakeNewShow),
		post("/intake/new", intakeNew),
		get("/intake/{customer}", intakeFileShow),
		post("/intake/{customer}", intakeFile),
		post("/intake/{customer}/hint", intakeHintAdd),
		get("/intake/handover/{customer}", intakeHandover),
		get("/intake/changes/{change}", intakeSteps),
		post("/intake/changes/{change}/ask", intakeAsk),
		post("/intake/changes/{change}/attest", intakeAttest),
		post("/intake/changes/{change}/freeze", intakeFreeze),
	}
}
