// The page in a browser, served by the headless host.
import { AppError } from '#contract/errors.ts'
import { openBrowserTransport, takeHostToken } from './host/browser-transport.ts'
import { startPage } from './start.tsx'

const token = takeHostToken(window)

startPage(
  () =>
    token === undefined
      ? Promise.reject(
          new AppError(
            'UNAUTHENTICATED',
            'This address has no key in it. Open the one that npm start printed.',
          ),
        )
      : openBrowserTransport(token, window.location.href),
  { isBrowser: true },
)
