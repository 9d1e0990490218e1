// Keeps secrets unreadable at rest. Under Electron the main process does it with safeStorage, headless a key file does.

/** Seals what must not lie around in plain text. */
export interface SecretStore {
  /** Encrypts. Throws SECRET_STORE_UNAVAILABLE when this machine has no safe way. */
  seal(plain: string): Promise<Uint8Array>
  /** Decrypts what `seal` of the same store made. Throws SECRET_STORE_UNAVAILABLE when it cannot be opened here. */
  open(sealed: Uint8Array): Promise<string>
  /** How secrets are kept, in words for the settings screen. */
  describe(): string
}
