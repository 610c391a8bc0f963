// Package knowledge is the content of the bot and its types: everything the
// bot knows and every sentence it says. [Load] reads the embedded content with
// an optional overlay folder, strictly; [Lint] says what is wrong with it.
package knowledge

// Pack is content that has been read and checked. It is never changed.
type Pack struct{}
