"""What is looked at beside the answers, so that findings rest on what happened and not on what was asked."""
