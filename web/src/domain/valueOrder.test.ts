import { describe, expect, it } from 'vitest'
import { sortLike, sortValues } from './valueOrder'

/** The cases of the server's own test of the same rules (tests/unit/test_naming.c). */
const CASES: readonly (readonly [string, readonly string[]])[] = [
  ['int', ['1', '2', '10']],
  ['int', ['-10', '-9', '-0', '0', '00', '01', '1', '+2', '10']],
  ['int', ['9223372036854775807', '18446744073709551615', '18446744073709551616', '100000000000000000000000000000000']],
  ['int', ['-18446744073709551616', '-18446744073709551615', '5']],
  ['number', ['1', '1.5', '2', '10']],
  ['number', ['-.5', '-0.25', '0', '.5', '0.75', '1.', '1.0', '1.25']],
  ['number', ['1e-5', '0.0001', '1e-3', '1E2', '1e+3']],
  ['number', ['9007199254740992.5', '9007199254740993', '9007199254740993.5']],
  ['number', ['1e-99999999999999999999', '0.1', '1e99999999999999999999']],
  ['string', ['p2', 'p10']],
  ['string', ['', '1', '2', '10', 'a']],
  ['string', ['1', '1.2.3', '1.10.0']],
  ['string', ['a', 'a01', 'a1', 'a1b', 'a2', 'b']],
  ['string', ['-', '1']],
  ['string', ['0x10', '1']],
  ['string', ['1', 'nan']],
  ['string', ['.', 'e5']],
  ['string', ['1e', '1e+']],
  ['string', ['x99999999999999999998', 'x99999999999999999999', 'x100000000000000000000']],
  ['string', ['Z', 'a', 'ä', '\uff5e', '\u{1f600}']],
]

describe('values', () => {
  it.each(CASES)('of type %s are in the order %j', (type, values) => {
    expect(sortValues([...values].reverse())).toEqual({ type, values })
  })

  it('of checkpoints follow the training', () => {
    const known = ['500', '1000', 'epoch 2', 'epoch 10', 'final']
    expect(sortLike(['final', 'epoch 10', '1000', 'epoch 2', '500'], known).values).toEqual(known)
    expect(sortLike(['final', 'new', '500'], known).values).toEqual(['500', 'final', 'new'])
  })
})
