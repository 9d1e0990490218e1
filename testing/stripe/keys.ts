// What the fake takes and signs with. Apart, so that who only starts it needs nothing else of it.

export const FAKE_API_KEY = 'sk_test_fake'
export const FAKE_WEBHOOK_SECRET = 'whsec_fake'
