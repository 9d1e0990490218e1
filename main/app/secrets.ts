// Secrets by the system's keychain, for the host to use over its private port.
import { safeStorage } from 'electron'
import { AppError } from '#contract/errors.ts'
import type { SecretStore } from '../secrets/index.ts'

/** A secret store on Electron's safeStorage. Refuses Linux's `basic_text` back end, which only obscures. Use it once the app is ready. */
export function createKeychainStore(): SecretStore {
  const assertSafe = async (): Promise<void> => {
    if (process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text') {
      throw new AppError(
        'SECRET_STORE_UNAVAILABLE',
        'This session has no keyring, so passwords cannot be stored safely. Install and unlock GNOME Keyring or KWallet, then start NebulaDB again.',
      )
    }
    if (!(await safeStorage.isAsyncEncryptionAvailable())) {
      throw new AppError(
        'SECRET_STORE_UNAVAILABLE',
        "The system's keychain does not answer. Unlock it and start NebulaDB again.",
      )
    }
  }
  return {
    async seal(plain) {
      await assertSafe()
      return new Uint8Array(await safeStorage.encryptStringAsync(plain))
    },
    async open(sealed) {
      await assertSafe()
      try {
        return (await safeStorage.decryptStringAsync(Buffer.from(sealed))).result
      } catch (cause) {
        throw new AppError(
          'SECRET_STORE_UNAVAILABLE',
          'A stored password cannot be opened with the keychain of this account. Enter it again.',
          { cause },
        )
      }
    },
    describe: () => KEYCHAINS[process.platform] ?? "The system's keyring",
  }
}

const KEYCHAINS: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'Keychain of macOS',
  win32: 'Data Protection of Windows',
}
