import { expect, test } from 'vitest'
import { scramVerifier } from './scram-verifier.ts'

test('the verifier is the one of the example in the standard', async () => {
  // the example of RFC 7677
  const verifier = await scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))
  expect(verifier).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  )
})

test('only printable ASCII is taken: SASLprep would change the rest', async () => {
  await expect(scramVerifier('pässword')).rejects.toThrow(RangeError)
})
