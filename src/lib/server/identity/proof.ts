import type { ConsentGroup } from '#lib/domain/identity/consent.ts';
import { maskAadhaarNumbers } from '#lib/domain/identity/aadhaar-mask.ts';
import { toLatinDigits } from '#lib/domain/identity/digits.ts';
import { parseFamilyId } from '#lib/domain/identity/family-id.ts';
import { strengthOf } from '#lib/domain/identity/strength.ts';
import { cleanLine } from '#lib/domain/identity/text.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { onlyAgreed, wholeCard, type CardInput } from './card.ts';
import { referenceHash, type CheckedProof } from './checked.ts';
import { requireCitizen } from './citizens.ts';

/** Proofs that only say something: nothing in them can be verified here. */
export type DeclaredProof =
	| { kind: 'ppp' | 'jan_aadhaar'; familyId: string }
	| { kind: 'other_document'; documentName: string; lastFour?: string }
	| { kind: 'mobile_only' };

export type ProofInput = (CardInput & { consent?: readonly ConsentGroup[] }) | DeclaredProof;

/**
 * Checks what a signed-in citizen shows of who they are, with what of a card may be kept. Nothing is stored.
 * @throws {Refusal} as `readCard` and `checkDeclared`
 */
export async function checkProof(ctx: Context, input: ProofInput): Promise<CheckedProof> {
	requireCitizen(ctx);
	return input.kind === 'aadhaar_qr' || input.kind === 'aadhaar_ekyc'
		? onlyAgreed(await wholeCard(ctx, input), input.consent ?? [])
		: checkDeclared(ctx, input);
}

const nothing = {
	fields: {},
	lastFour: null,
	referenceHash: null,
	certificateFingerprint: null,
} as const;

/**
 * Takes what somebody says of who they are. The whole family id stays with it only where a registry is to be
 * asked.
 * @throws {Refusal} `family_id_invalid`, `aadhaar_not_kept` (twelve digits that may be an Aadhaar number),
 * `invalid_input`
 */
export function checkDeclared(
	ctx: Pick<Context, 'familyRegistry'>,
	input: DeclaredProof,
): CheckedProof {
	switch (input.kind) {
		case 'ppp':
		case 'jan_aadhaar':
			return checkFamilyId(ctx, input);
		case 'other_document':
			return checkDocument(input);
		case 'mobile_only':
			return { ...nothing, kind: 'mobile_only', strength: strengthOf(input) };
	}
}

function checkFamilyId(
	{ familyRegistry }: Pick<Context, 'familyRegistry'>,
	input: { kind: 'ppp' | 'jan_aadhaar'; familyId: string },
): CheckedProof {
	const parsed = parseFamilyId(input.kind, input.familyId);
	if (!parsed.ok) {
		throw new Refusal(
			parsed.problem === 'looks_like_aadhaar' ? 'aadhaar_not_kept' : 'family_id_invalid',
		);
	}
	const { id } = parsed.value;
	return {
		...nothing,
		kind: input.kind,
		strength: strengthOf(input),
		lastFour: id.slice(-4),
		referenceHash: referenceHash(input.kind, id),
		...(familyRegistry.kind === 'http' && { familyId: id }),
	};
}

function checkDocument(input: { documentName: string; lastFour?: string }): CheckedProof {
	const documentName = maskAadhaarNumbers(cleanLine(input.documentName)).text;
	const lastFour = input.lastFour ? toLatinDigits(input.lastFour) : null;
	if (documentName === '' || (lastFour && !/^\d{4}$/.test(lastFour))) {
		throw new Refusal('invalid_input');
	}
	return {
		...nothing,
		kind: 'other_document',
		strength: strengthOf({ kind: 'other_document' }),
		fields: { documentName },
		lastFour,
	};
}
