import type { RegistryAnswer } from '#lib/domain/identity/registry.ts';

/** All that a registry is told: see docs/family-id-registry.md. */
export interface RegistryQuestion {
	kind: 'ppp' | 'jan_aadhaar';
	familyId: string;
	/** Of the mobile that answered an SMS code. */
	mobileLastFour: string;
}

export interface RegistryReply {
	answer: RegistryAnswer;
	/** The head of the family, to be compared and forgotten; null when the registry does not say. */
	headName: string | null;
}

/** The registry gave no answer that can be used; `message` carries nothing personal. */
export class RegistryDown extends Error {}

/** Who can say whether a family id is right. */
export interface FamilyIdRegistry {
	/** `attestation`: a clerk who looks at the card; `http`: a state's registry, which a job asks. */
	readonly kind: 'attestation' | 'http';
	/** @throws {RegistryDown} to be asked again later */
	ask(question: RegistryQuestion): Promise<RegistryReply>;
}

/** No machine to ask: a clerk looks at the paper. */
export const attestationRegistry: FamilyIdRegistry = {
	kind: 'attestation',
	ask: async () => ({ answer: 'unknown', headName: null }),
};
