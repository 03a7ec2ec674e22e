/** Who citizens are: sign-in, sessions, proofs of identity. */
export {
	citizenView,
	contactOf,
	nameCitizen,
	requireCitizen,
	type CitizenView,
} from './citizens.ts';
export {
	checkedProofSchema,
	checkProof,
	keepProof,
	proofView,
	type CheckedProof,
	type ProofInput,
	type ProofView,
} from './proof.ts';
export {
	openSessions,
	type SessionAttributes,
	type SessionCookie,
	type SessionHolder,
	type Sessions,
} from './sessions.ts';
export { finishSignIn, otpRecipient, startSignIn, type SignInStarted } from './sign-in.ts';
