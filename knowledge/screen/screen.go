// Package screen finds, in what a user wrote, danger to life, pasted secrets,
// fraud and requests to get round controls, and masks what must not be kept or
// shared.
package screen

// Flag is what screening found, by the ids of the taxonomy.
type Flag string

// The flags, most urgent first.
const (
	SelfHarm      Flag = "self_harm"
	SecretShared  Flag = "secret_shared"
	ScamRecovery  Flag = "scam_recovery"
	ScamPayFirst  Flag = "scam_pay_first"
	EvadeControls Flag = "evade_controls"
	None          Flag = "none"
)
