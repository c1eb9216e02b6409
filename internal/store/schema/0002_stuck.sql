-- Requests whose timer failed too often to be tried again by itself: few, and always looked at.
CREATE INDEX change_stuck ON change_request (id) WHERE attempts >= 5;
