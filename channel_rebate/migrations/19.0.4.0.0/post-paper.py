def migrate(cr, _version):
    """Mark what was sealed or signed late before anybody wrote it down.

    When a signature was recorded is not known of old ones, nor is there a paper.
    """
    cr.execute(
        """UPDATE channel_agreement
              SET is_sealed_late = COALESCE(sealed_on::date >= date_from, false),
                  is_signed_late = COALESCE(signed_on >= date_from, false),
                  is_marked_late = false"""
    )
    cr.execute(
        """UPDATE channel_agreement
              SET is_late = is_sealed_late OR is_signed_late,
                  late_by_id = CASE WHEN is_sealed_late THEN sealed_by_id
                                    WHEN is_signed_late THEN signed_by_id END"""
    )
